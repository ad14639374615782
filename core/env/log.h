// How a module says something to the operator: through a function it is given.
#pragma once

#include <functional>
#include <string_view>

namespace leat::env {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Called on the thread that has something to say; a whole line without its end. Thread-safe. May be
// empty: check before calling.
using Log = std::function<void(LogLevel level, std::string_view text)>;

}  // namespace leat::env
