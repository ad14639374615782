// Aggregates whose result is one value seen: first, last, min and max of text, min_by, max_by.
// Private to this folder.
#pragma once

#include <memory>

#include "core/windows/aggregate_state.h"

namespace leat::windows {

// Of any type. The arrival is kept beside the value, so that merged cells agree on who came first.
std::unique_ptr<AggregateState> make_first_or_last(std::size_t input, data::Type type, bool last);

// Strings and bytes, in the order of their bytes.
std::unique_ptr<AggregateState> make_text_extreme(std::size_t input, data::Type type, bool largest);

// The value of `input` where `by` is smallest or largest, the first to arrive of several; rows
// where either is null are passed over.
std::unique_ptr<AggregateState> make_extreme_by(std::size_t input, data::Type type, std::size_t by,
                                                data::Type by_type, bool largest);

}  // namespace leat::windows
