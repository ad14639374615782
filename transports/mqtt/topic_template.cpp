#include "transports/mqtt/topic_template.h"

#include "core/base/text.h"
#include "transports/mqtt/topic.h"

namespace leat::mqtt {

namespace {

Error bad(std::string_view text, const std::string& problem) {
  return base::invalid("topic \"" + std::string(text) + "\" " + problem);
}

void append_value(const data::Column& column, std::size_t row, std::string& out) {
  switch (column.type().kind) {
    case data::Kind::kBoolean:
      out += column.booleans()[row] != 0 ? "true" : "false";
      break;
    case data::Kind::kBigint:
    case data::Kind::kTimestamp:
      base::append_int(out, column.int64s()[row]);
      break;
    case data::Kind::kDouble:
      base::append_double(out, column.doubles()[row]);
      break;
    case data::Kind::kString:
      out += column.text(row);
      break;
    case data::Kind::kBytes:
    case data::Kind::kList:
      LEAT_ASSERT(false);
  }
}

const char* problem_of(std::string_view value) {
  if (value.empty()) return "is empty";
  for (const char c : value) {
    if (c == '/' || c == '+' || c == '#') return "holds /, + or #";
    if (c == '\0') return "holds U+0000";
  }
  return base::is_valid_utf8(value) ? nullptr : "is not UTF-8";
}

}  // namespace

Result<TopicTemplate> TopicTemplate::make(std::string_view text, const data::Schema& schema) {
  TopicTemplate made;
  std::string_view rest = text;
  std::string sample;
  while (true) {
    const std::size_t open = rest.find_first_of("{}");
    Part part{std::string(rest.substr(0, open)), kNone, ""};
    sample += part.text;
    if (open == std::string_view::npos) {
      made.parts_.push_back(std::move(part));
      break;
    }
    const std::size_t close = rest.find_first_of("{}", open + 1);
    if (rest[open] != '{' || close == std::string_view::npos || rest[close] != '}') {
      return bad(text, "has braces that do not match; expected {field}");
    }
    part.name = std::string(rest.substr(open + 1, close - open - 1));
    const std::optional<std::size_t> field = schema.find(part.name);
    if (!field) {
      return bad(text, "names {" + part.name + "}, which is not a field" +
                           base::did_you_mean(part.name, schema.names()));
    }
    const data::Type type = schema.field(*field).type;
    if (type.kind == data::Kind::kBytes || type.is_list()) {
      return bad(text, "names {" + part.name + "}, whose type " + data::to_string(type) +
                           " has no place in a topic");
    }
    part.field = *field;
    made.parts_.push_back(std::move(part));
    sample += 'x';
    rest.remove_prefix(close + 1);
  }
  const Result<void> checked = check_topic_name(sample);
  if (!checked.ok()) return bad(text, checked.error().message());
  return made;
}

bool TopicTemplate::render(const data::Batch& batch, std::size_t row, std::string& topic,
                           std::string& problem) const {
  topic.clear();
  for (const Part& part : parts_) {
    topic += part.text;
    if (part.field == kNone) continue;
    const data::Column& column = batch.columns[part.field];
    const std::size_t begin = topic.size();
    const char* wrong = "is null";
    if (!column.is_null(row)) {
      append_value(column, row, topic);
      wrong = problem_of(std::string_view(topic).substr(begin));
    }
    if (wrong != nullptr) {
      problem = "{" + part.name + "} of the topic " + wrong;
      return false;
    }
  }
  if (topic.size() > 0xffff) {
    problem = "the topic is longer than 65535 bytes";
    return false;
  }
  return true;
}

}  // namespace leat::mqtt
