#include "core/job/options.h"

#include "core/base/assert.h"

namespace leat::job {
namespace {

template <class T>
const T& as(const Options::Held& held) {
  const T* value = std::get_if<T>(&held.value);
  LEAT_ASSERT(value != nullptr);
  return *value;
}

}  // namespace

const Options::Held& Options::get(std::string_view name) const {
  const auto found = values_.find(name);
  LEAT_ASSERT(found != values_.end());
  return found->second;
}

bool Options::has(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && !std::holds_alternative<std::monostate>(found->second.value);
}

bool Options::given(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.given;
}

bool Options::flag(std::string_view name) const { return as<bool>(get(name)); }
std::int64_t Options::integer(std::string_view name) const { return as<std::int64_t>(get(name)); }
double Options::number(std::string_view name) const { return as<double>(get(name)); }
const std::string& Options::text(std::string_view name) const { return as<std::string>(get(name)); }
std::string Options::text_or(std::string_view name, std::string_view otherwise) const {
  return has(name) ? text(name) : std::string(otherwise);
}
const Options::Texts& Options::texts(std::string_view name) const { return as<Texts>(get(name)); }
const Options::Pairs& Options::pairs(std::string_view name) const { return as<Pairs>(get(name)); }
const Options& Options::section(std::string_view name) const {
  return *as<std::shared_ptr<const Options>>(get(name));
}

}  // namespace leat::job
