// The directory in which a job keeps what outlives a run. Today that is who it belongs to.
#pragma once

#include <string>

#include "core/base/result.h"

namespace leat::task_manager {

// The owner of the state in `directory`: a random name, made with the directory and kept in its
// file `owner`, so that two gateways flashed alike never share a broker's session. Makes the
// directory and its parents when they are not there. An error names the path.
Result<std::string> owner_of_state(const std::string& directory);

}  // namespace leat::task_manager
