#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/job/graph_builder.h"
#include "core/job/scalars.h"

namespace leat::job {
namespace {

class TestReader {
 public:
  TestReader(const JobGraph& graph, Report& report) : graph_(graph), report_(report) {}

  void read(const YamlNode& node, TestCase& test) {
    test.line = report_.place(node.offset).line;
    if (node.broken) return;
    if (!node.is_map()) {
      return fail(node, describe(node) + "; expected a test: { name, input, expect }");
    }
    for (const YamlNode& child : node.children) {
      if (child.broken) continue;
      if (child.key == "name") {
        test.name = child.text;
        if (!child.is_scalar()) fail(child, describe(child) + " for \"name\"; expected a text");
      } else if (child.key == "input") {
        read_input(child, test);
      } else if (child.key == "expect") {
        read_expect(child, test);
      } else if (child.key == "end") {
        test.end = read_flag(child);
      } else if (child.key == "unordered") {
        unordered_ = read_flag(child);
      } else {
        static const std::vector<std::string> kKeys{"name", "input", "expect", "end", "unordered"};
        report_.error(child.key_offset,
                      "unknown key " + quoted(child.key) + " of a test" + one_of(child.key, kKeys));
      }
    }
    for (const char* key : {"name", "input", "expect"}) {
      if (node.find(key) == nullptr && !node.incomplete) {
        fail(node, "the test has no " + quoted(key) + "; expected name, input and expect");
      }
    }
    for (TestExpectation& expectation : test.expectations) {
      expectation.unordered = expectation.unordered || unordered_;
    }
    unordered_ = false;
  }

 private:
  void fail(const YamlNode& node, std::string message) { report_.error(node, std::move(message)); }

  bool read_flag(const YamlNode& node) {
    const bool known =
        node.is_scalar() && node.plain && (node.text == "true" || node.text == "false");
    if (!known)
      fail(node, describe(node) + " for " + quoted(node.key) + "; expected true or false");
    return known && node.text == "true";
  }

  std::optional<std::size_t> find_node(std::string_view name) const {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].name == name) return i;
    }
    return std::nullopt;
  }

  std::vector<std::string> names(bool sources_only) const {
    std::vector<std::string> list;
    for (const NodeSpec& node : graph_.nodes) {
      if (node.role == Role::kSource || (!sources_only && node.role != Role::kSink)) {
        list.push_back(node.name);
      }
    }
    return list;
  }

  // A row that is none of the reading's fields would be a very odd row.
  void read_input(const YamlNode& node, TestCase& test) {
    if (!node.is_map()) {
      return fail(node, describe(node) + " for \"input\"; expected a map: source: [rows]");
    }
    for (const YamlNode& child : node.children) {
      if (child.broken) continue;
      const auto source = find_node(child.key);
      if (!source || graph_.nodes[*source].role != Role::kSource) {
        report_.error(child.key_offset, quoted(child.key) + " is no source of this job" +
                                            one_of(child.key, names(true)));
      } else if (!child.is_sequence()) {
        fail(child, describe(child) + " for " + quoted(child.key) + "; expected a list of rows");
      } else {
        for (const YamlNode& item : child.children) {
          if (report_.full()) return;
          read_step(item, *source, test);
        }
      }
    }
  }

  void read_step(const YamlNode& item, std::size_t source, TestCase& test) {
    if (item.broken) return;
    if (!item.is_map()) return fail(item, describe(item) + "; expected a row as { field: value }");
    TestStep step;
    step.source = source;
    step.line = report_.place(item.offset).line;
    const auto& outputs = graph_.nodes[source].outputs;
    const data::SchemaPtr schema = outputs.empty() ? nullptr : outputs[0].schema;
    if (item.children.size() == 1 && (schema == nullptr || !schema->find(item.children[0].key))) {
      const YamlNode& only = item.children[0];
      if (only.key == "advance_clock" || only.key == "advance_watermark" || only.key == "restart") {
        if (read_control(only, step)) test.steps.push_back(std::move(step));
        return;
      }
    }
    if (schema == nullptr) return;  // the source is broken, and said so
    read_row(item, *schema, step);
    test.steps.push_back(std::move(step));
  }

  bool read_control(const YamlNode& node, TestStep& step) {
    if (node.broken) return false;
    if (node.key == "restart") {
      step.kind = TestStep::Kind::kRestart;
      return read_flag(node);
    }
    if (node.key == "advance_watermark") {
      step.kind = TestStep::Kind::kAdvanceWatermark;
      const auto time = node.is_scalar() ? parse_timestamp_ms(node.text) : std::nullopt;
      if (!time) fail(node, describe(node) + " for \"advance_watermark\"; expected a timestamp");
      step.amount_ms = time.value_or(0);
      return time.has_value();
    }
    step.kind = TestStep::Kind::kAdvanceClock;
    const auto duration = base::parse_duration_ms(node.is_scalar() ? node.text : std::string());
    constexpr std::int64_t kMostMs = 315'576'000'000'000;  // 10,000 years
    if (!duration.ok() || *duration > kMostMs) {
      fail(node, describe(node) + " for \"advance_clock\"; expected a duration such as 10s");
      return false;
    }
    step.amount_ms = *duration;
    return true;
  }

  void read_row(const YamlNode& item, const data::Schema& schema, TestStep& step) {
    step.values.resize(schema.size());
    for (const YamlNode& child : item.children) {
      if (child.broken) continue;
      const auto field = schema.find(child.key);
      if (!field && child.key == "at") {
        step.at_ms = child.is_scalar() ? parse_timestamp_ms(child.text) : std::nullopt;
        if (!step.at_ms) fail(child, describe(child) + " for \"at\"; expected a timestamp");
      } else if (!field) {
        report_.error(child.key_offset,
                      "unknown field " + quoted(child.key) + one_of(child.key, schema.names()));
      } else {
        step.values[*field] = value_of(child, schema.field(*field));
      }
    }
  }

  data::Value value_of(const YamlNode& node, const data::Field& field) {
    const YamlNode* culprit = nullptr;
    auto value = parse_value(node, field.type, culprit);
    if (value.ok()) return std::move(*value);
    fail(*culprit, "field " + quoted(field.name) + ": " + value.error().message());
    return {};
  }

  void read_expect(const YamlNode& node, TestCase& test) {
    if (!node.is_map() || node.children.empty()) {
      return fail(node, describe(node) + " for \"expect\"; expected a map: node: [rows]");
    }
    for (const YamlNode& child : node.children) {
      if (!child.broken) read_expectation(child, test);
    }
  }

  std::optional<InputRef> find_output(const YamlNode& node) {
    const std::size_t dot = node.key.find('.');
    const std::string name = node.key.substr(0, dot);
    const std::string output = dot == std::string::npos ? "" : node.key.substr(dot + 1);
    const auto index = find_node(name);
    if (!index) {
      report_.error(node.key_offset,
                    "there is no node " + quoted(name) + one_of(name, names(false)));
      return std::nullopt;
    }
    const NodeSpec& spec = graph_.nodes[*index];
    if (spec.role == Role::kSink) {
      report_.error(node.key_offset, quoted(name) +
                                         " is a sink, which a test leaves out; expected "
                                         "the node that it reads");
      return std::nullopt;
    }
    std::string list;
    for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
      const std::string& candidate = spec.outputs[i].name;
      if (candidate.empty() && spec.type == "route") continue;
      if (candidate == output) return InputRef{*index, i};
      list += (list.empty() ? "" : ", ") + name + (candidate.empty() ? "" : '.' + candidate);
    }
    if (std::holds_alternative<UnbuiltConfig>(spec.config)) return std::nullopt;
    report_.error(node.key_offset, quoted(node.key) + " is no output; expected one of " + list);
    return std::nullopt;
  }

  void read_expectation(const YamlNode& node, TestCase& test) {
    const auto output = find_output(node);
    if (!output) return;
    TestExpectation expectation;
    expectation.output = *output;
    expectation.line = report_.place(node.key_offset).line;
    const YamlNode* rows = &node;
    if (node.is_map()) {
      rows = node.find("rows");
      for (const YamlNode& child : node.children) {
        if (child.key == "unordered") {
          expectation.unordered = read_flag(child);
        } else if (child.key != "rows") {
          static const std::vector<std::string> kKeys{"rows", "unordered"};
          report_.error(child.key_offset, "unknown key " + quoted(child.key) +
                                              " of an expectation" + one_of(child.key, kKeys));
        }
      }
      if (rows == nullptr)
        return fail(node, "no \"rows\"; expected { unordered: true, rows: [...] }");
    }
    if (!rows->is_sequence()) {
      return fail(*rows, describe(*rows) + "; expected a list of rows ([] for none)");
    }
    const data::SchemaPtr& schema = graph_.nodes[output->node].outputs[output->output].schema;
    for (const YamlNode& item : rows->children) {
      if (report_.full()) return;
      if (schema != nullptr) read_expected_row(item, *schema, expectation);
    }
    test.expectations.push_back(std::move(expectation));
  }

  void read_expected_row(const YamlNode& item, const data::Schema& schema,
                         TestExpectation& expectation) {
    if (item.broken) return;
    if (!item.is_map()) return fail(item, describe(item) + "; expected a row as { field: value }");
    std::vector<std::pair<std::string, data::Value>> row;
    for (const YamlNode& child : item.children) {
      if (child.broken) continue;
      const auto field = schema.find(child.key);
      if (field) {
        row.emplace_back(child.key, value_of(child, schema.field(*field)));
      } else {
        report_.error(child.key_offset,
                      "unknown field " + quoted(child.key) + one_of(child.key, schema.names()));
      }
    }
    expectation.rows.push_back(std::move(row));
  }

  const JobGraph& graph_;
  Report& report_;
  bool unordered_ = false;
};

}  // namespace

std::vector<TestCase> read_tests(const YamlNode& tests, const JobGraph& graph, Report& report) {
  std::vector<TestCase> cases;
  if (tests.is_null()) return cases;
  if (!tests.is_sequence()) {
    report.error(tests, describe(tests) + " for \"tests\"; expected a list of tests");
    return cases;
  }
  TestReader reader(graph, report);
  for (const YamlNode& item : tests.children) {
    if (report.full()) break;
    reader.read(item, cases.emplace_back());
  }
  return cases;
}

}  // namespace leat::job
