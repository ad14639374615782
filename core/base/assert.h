// Assertions on invariants of our own. They stay on in release: a broken invariant ends the process
// before it can publish a wrong result. Bad input is never an assertion; it is an Error.
#pragma once

namespace leat::base {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace leat::base

#define LEAT_ASSERT(condition)                       \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::leat::base::assertion_failed(#condition, __FILE__, __LINE__))
