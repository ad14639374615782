// CAST and TRY_CAST. Private to this folder.
#pragma once

#include "core/expression/kernel.h"

namespace leat::expression {

// The conversion of `from` to `to`, or null when there is none. A value that does not convert is a
// kFailedCast of its row, or with `is_try` null.
const Overload* find_cast(data::Type from, data::Type to, bool is_try);

}  // namespace leat::expression
