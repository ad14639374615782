// The values of one node's options after validation, defaults filled in. An option is declared once
// (OptionDeclaration in core/job/declarations.h): name, type, unit, default, bounds, help; the
// checks, the JSON schema and the reference all come from it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/time.h"

namespace leat::job {

// Reading an option that the declarations do not have, or as another type, is a defect of ours: an
// assertion. Durations are milliseconds, sizes bytes.
class Options {
 public:
  using Texts = std::vector<std::string>;
  using Pairs = std::vector<std::pair<std::string, std::string>>;  // free-form maps (properties)
  struct Held {
    // Durations, sizes and integers are int64.
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Texts, Pairs,
                 std::shared_ptr<const Options>>
        value;
    bool given = false;  // written in the file, not the default
    std::size_t line = 0;
    std::size_t column = 0;
  };

  // False when it was not given and has no default.
  bool has(std::string_view name) const;
  bool given(std::string_view name) const;

  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  DurationMs duration_ms(std::string_view name) const { return integer(name); }
  std::int64_t size_bytes(std::string_view name) const { return integer(name); }
  const std::string& text(std::string_view name) const;
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  const Texts& texts(std::string_view name) const;
  const Pairs& pairs(std::string_view name) const;
  // A nested section (`tls`, `csv`); its own defaults are filled in even when it was not given.
  const Options& section(std::string_view name) const;

  void set(std::string name, Held held) { values_[std::move(name)] = std::move(held); }
  const std::map<std::string, Held, std::less<>>& values() const { return values_; }

 private:
  const Held& get(std::string_view name) const;
  std::map<std::string, Held, std::less<>> values_;
};

}  // namespace leat::job
