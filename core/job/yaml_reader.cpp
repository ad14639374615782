#include "core/job/yaml_reader.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace leat::job {
namespace {

// Leaves the YAML library; the report already says why. Caught in read_yaml.
struct Stop {};

constexpr std::string_view kOpenQuote = "a quote is not closed; expected its end";

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, Report& report) : source_(source), report_(report) {}

  std::optional<YamlNode> take() { return std::move(root_); }
  // The innermost [ or { that is open.
  std::optional<std::size_t> open_bracket() const {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      if (level->node.flow) return level->node.offset;
    }
    return std::nullopt;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const std::size_t at = offset(mark);
    const bool marker = source_.text().compare(at, 3, "---") == 0 ||
                        source_.text().compare(at > 4 ? at - 4 : 0, 3, "---") == 0;
    stop(at, marker ? "a second document; expected one job in one document"
                    : "text that belongs to nothing above it; expected the end of the file (is its "
                      "indentation right?)");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.offset = offset(mark);
    for (const std::string_view spelling : {"~", "null", "Null", "NULL"}) {
      if (source_.text().compare(node.offset, spelling.size(), spelling) == 0) node.text = spelling;
    }
    check_properties(node, "?", anchor);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlNode node;
    node.offset = offset(mark);
    node.broken = true;
    report_.error(node.offset, "an alias (*); write the value out");
    add(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.offset = offset(mark);
    node.plain = tag != "!";
    node.text = value;
    node.broken = source_.is_hole(node.offset, node.offset + value.size() + 2);
    check_properties(node, tag, anchor);
    if (!node.plain && !is_closed(node.offset)) stop(node.offset, std::string(kOpenQuote));
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::kSequence, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::kMap, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlNode node;
    bool has_key = false;  // of a map: the next node is the key's value
    bool drop_value = false;
    std::string key;
    std::size_t key_offset = 0;
    std::unordered_set<std::string> keys;
  };

  std::size_t offset(const YAML::Mark& mark) const {
    if (mark.pos < 0) return 0;
    return std::min(static_cast<std::size_t>(mark.pos), source_.text().size());
  }

  // The library takes the end of the file for a closing quote.
  bool is_closed(std::size_t begin) const {
    const std::string& text = source_.text();
    const char quote = begin < text.size() ? text[begin] : '\0';
    if (quote != '"' && quote != '\'') return true;
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
      if (text[i] == '\\' && quote == '"') {
        ++i;
      } else if (text[i] == quote) {
        if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return true;
        ++i;
      }
    }
    return false;
  }

  [[noreturn]] void stop(std::size_t at, std::string message) {
    report_.error(at, std::move(message));
    throw Stop();
  }

  void check_properties(YamlNode& node, const std::string& tag, YAML::anchor_t anchor) {
    const char first = node.offset < source_.text().size() ? source_.text()[node.offset] : '\0';
    if (anchor != 0) {
      report_.error(node.offset, "an anchor (&); write the value out where it is needed");
    } else if ((tag != "?" && tag != "!") || first == '!') {
      report_.error(node.offset, "a tag (!); expected a plain value");
    } else {
      return;
    }
    node.broken = true;
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    Level level;
    level.node.kind = kind;
    level.node.offset = offset(mark);
    level.node.flow = style == YAML::EmitterStyle::Flow;
    if (levels_.size() >= kMaxYamlDepth) {
      stop(level.node.offset, "nested deeper than " + std::to_string(kMaxYamlDepth) +
                                  " levels; no job file needs that");
    }
    if (!levels_.empty() && expects_key()) {
      stop(level.node.offset, "a key that is a map or a list; expected a name");
    }
    check_properties(level.node, tag, anchor);
    levels_.push_back(std::move(level));
  }

  bool expects_key() const {
    return levels_.back().node.kind == YamlNode::Kind::kMap && !levels_.back().has_key;
  }

  void close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (++nodes_ > kMaxYamlNodes) {
      stop(node.offset,
           "more than " + std::to_string(kMaxYamlNodes) + " values; expected a job file");
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kSequence) {
      level.node.children.push_back(std::move(node));
    } else if (!level.has_key) {
      take_key(level, node);
    } else {
      level.has_key = false;
      node.key = std::move(level.key);
      node.key_offset = level.key_offset;
      // An empty value carries the mark of whatever follows it.
      if (node.is_null() && node.text.empty()) node.offset = node.key_offset;
      if (!level.drop_value) level.node.children.push_back(std::move(node));
    }
  }

  void take_key(Level& level, const YamlNode& node) {
    level.has_key = true;
    level.drop_value = node.broken;
    level.key = node.text;
    level.key_offset = node.offset;
    if (node.is_null() && node.text.empty()) {
      stop(node.offset, "a value without a key; expected a name");
    } else if (node.plain && node.text == "<<") {
      report_.error(node.offset, "a merge key (<<); write the keys out");
      level.drop_value = true;
    }
    if (!level.drop_value && !level.keys.insert(node.text).second) {
      report_.error(node.offset, "duplicate key \"" + node.text + "\"; each key once");
      level.drop_value = true;
    }
    if (level.drop_value) level.node.incomplete = true;
  }

  const SourceText& source_;
  Report& report_;
  std::vector<Level> levels_;
  std::optional<YamlNode> root_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
};

// The library's words for what it stumbles on, and ours.
std::string explain(const std::string& message) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"end of map not found",
       "this does not fit in here; expected \"key: value\" at the "
       "indentation of the keys above"},
      {"end of sequence not found",
       "this does not fit in here; expected \"- item\" at the "
       "indentation of the items above"},
      {"end of map flow not found",
       "\"{\" is not closed or an entry is malformed; expected , or }"},
      {"end of sequence flow not found",
       "\"[\" is not closed or an item is malformed; expected , or ]"},
      {"illegal map value",
       "a second \": \" in this place; expected one value (quote it if it "
       "holds \": \")"},
      {"illegal EOF in scalar", kOpenQuote},
      {"unknown token",
       "a character that no value starts with; expected a value (quote it if that "
       "is meant)"},
      {"illegal flow end", "a closing bracket that nothing opened"},
      {"illegal block entry", "\"- \" in this place; expected a list on lines of its own"},
      {"illegal map key", "a key in this place; expected it on a line of its own"},
  };
  for (const auto& [theirs, ours] : kWords) {
    if (message == theirs) return std::string(ours);
  }
  return "not YAML: " + message;
}

// yaml-cpp drops directives at the end of a file; tabs in an indentation confuse people and
// parsers.
bool check_lines(const SourceText& source, Report& report) {
  const std::string& text = source.text();
  const std::size_t before = report.errors();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t first = std::min(text.find_first_not_of(" \t\r", begin), end);
    const std::size_t tab = std::min(text.find_first_not_of(' ', begin), end);
    if (text[begin] == '%') {
      report.error(begin, "a YAML directive (%); expected a plain document");
    } else if (first < end && text[first] != '#' && text[tab] == '\t') {
      report.error(tab, "a tab in the indentation; expected spaces");
    }
    begin = end + 1;
  }
  return report.errors() == before;
}

}  // namespace

std::optional<YamlNode> read_yaml(const SourceText& source, Report& report) {
  if (!check_lines(source, report)) return std::nullopt;
  TreeBuilder builder(source, report);
  try {
    std::istringstream in(source.text());
    YAML::Parser parser(in);
    // The second call finds what follows the first document, if there is anything.
    for (int i = 0; i < 2; ++i) {
      if (!parser.HandleNextDocument(builder)) break;
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    std::size_t at = e.mark.pos < 0 ? 0 : static_cast<std::size_t>(e.mark.pos);
    // Where it starts says more than the end of the file.
    const auto bracket = builder.open_bracket();
    if (bracket && at >= source.text().find_last_not_of(" \n\r\t")) at = *bracket;
    report.error(std::min(at, source.text().size()), explain(e.msg));
    return std::nullopt;
  } catch (const std::exception& e) {
    report.error(0, std::string("not YAML: ") + e.what());
    return std::nullopt;
  }
  auto root = builder.take();
  if (!root) report.error(0, "the file is empty; expected a job");
  return root;
}

}  // namespace leat::job
