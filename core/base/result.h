// Errors as values. A function that can fail returns Result<T>; exceptions never leave the module
// that wraps the library throwing them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/assert.h"

namespace leat::base {

enum class ErrorCode {
  kInvalidArgument,  // the caller or the user gave something wrong
  kNotFound,
  kUnavailable,  // the outside is away; trying again later can help
  kIo,
  kCorrupt,
  kLimit,        // a quota or bound was reached
  kUnsupported,  // understood, not built
  kCancelled,
  kInternal,
};

std::string_view to_string(ErrorCode code);

// A code, a message for a person (what is wrong, where, what to do), and what caused it.
// Cheap to move; copying shares the cause.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(ErrorCode code, std::string message, Error cause)
      : code_(code),
        message_(std::move(message)),
        cause_(std::make_shared<const Error>(std::move(cause))) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const Error* cause() const { return cause_.get(); }

  // "message: cause's message: ..."
  std::string to_string() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::shared_ptr<const Error> cause_;
};

inline Error invalid(std::string message) {
  return Error(ErrorCode::kInvalidArgument, std::move(message));
}
inline Error io_error(std::string message) { return Error(ErrorCode::kIo, std::move(message)); }

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T held) : value_(std::move(held)) {}        // NOLINT: implicit on purpose
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    LEAT_ASSERT(ok());
    return *value_;
  }
  const T& value() const& {
    LEAT_ASSERT(ok());
    return *value_;
  }
  T&& value() && {
    LEAT_ASSERT(ok());
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    LEAT_ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    LEAT_ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace leat::base

namespace leat {
using base::Error;
using base::ErrorCode;
using base::invalid;
using base::io_error;
using base::Result;
}  // namespace leat

#define LEAT_CONCAT_INNER(a, b) a##b
#define LEAT_CONCAT(a, b) LEAT_CONCAT_INNER(a, b)

// Returns the error of a Result<void> expression to the caller.
#define LEAT_TRY(expression)                                   \
  do {                                                         \
    auto leat_try_result = (expression);                       \
    if (!leat_try_result.ok()) return leat_try_result.error(); \
  } while (0)

// LEAT_TRY_ASSIGN(auto value, expression): the value, or returns the error.
#define LEAT_TRY_ASSIGN(target, expression) \
  LEAT_TRY_ASSIGN_NAMED(LEAT_CONCAT(leat_try_, __LINE__), target, expression)
#define LEAT_TRY_ASSIGN_NAMED(name, target, expression) \
  auto name = (expression);                             \
  if (!name.ok()) return name.error();                  \
  target = std::move(name).value()
