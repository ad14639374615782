// Scalars of the job file as typed values, strictly: what YAML readers disagree about is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/data/type.h"
#include "core/job/yaml_node.h"

namespace leat::job {

// -?(0|[1-9][0-9]*) within int64.
std::optional<std::int64_t> parse_integer(std::string_view text);
// A decimal number as JSON spells it, finite.
std::optional<double> parse_number(std::string_view text);
// An integer (milliseconds since the epoch) or an ISO 8601 time.
std::optional<std::int64_t> parse_timestamp_ms(std::string_view text);

// Why a plain scalar is not clearly a text: "YAML reads on as a boolean"; empty when it is.
std::string surprise(std::string_view plain_text);
// Whether the plain text is a number for most readers of YAML.
bool looks_like_number(std::string_view plain_text);

// Control characters other than tabs and line ends; an escape such as "\0" makes them.
bool has_control(std::string_view text);

// Quotes or brackets that are not closed, by the quoting rules of SQL.
bool is_unbalanced(std::string_view text);

// A value of a field's type, as a test row spells it. The error is "what is wrong; what is
// expected"; `culprit` is then the node, or the element of its list, that is wrong.
Result<data::Value> parse_value(const YamlNode& node, data::Type type, const YamlNode*& culprit);

// Words for messages: "a list", "an empty value", "\"abc\"".
std::string describe(const YamlNode& node);

// In quotes, cut when it is long.
std::string quoted(std::string_view text);

// [A-Za-z0-9_-]{1,64}
bool is_name(std::string_view text);
// [A-Za-z_][A-Za-z0-9_]*, at most 128 bytes.
bool is_field_name(std::string_view text);

}  // namespace leat::job
