#include "core/expression/binder.h"

#include <algorithm>
#include <limits>

#include "core/base/text.h"
#include "core/expression/calendar.h"
#include "core/expression/cast.h"
#include "core/expression/lexer.h"
#include "core/expression/list_nodes.h"

namespace leat::expression {
namespace {

// A larger constant is computed anew for each batch: a job file must not be able to fill the
// memory.
constexpr std::size_t kMaxFoldedText = 4096;

std::string quoted(std::string_view name) {
  std::string out;
  base::append_json_string(out, name);
  return out;
}

data::Type cast_type(const std::string& name) {
  if (name == "BOOLEAN") return data::kBoolean;
  if (name == "BIGINT") return data::kBigint;
  if (name == "DOUBLE") return data::kDouble;
  if (name == "BYTES") return data::kBytes;
  if (name == "TIMESTAMP") return data::kTimestamp;
  return data::kString;
}

}  // namespace

bool all_foldable(std::span<const Bound> parts) {
  return std::all_of(parts.begin(), parts.end(), [](const Bound& part) { return part.foldable; });
}

std::vector<NodePtr> take_nodes(std::vector<Bound> parts) {
  std::vector<NodePtr> nodes;
  nodes.reserve(parts.size());
  for (Bound& part : parts) nodes.push_back(std::move(part.node));
  return nodes;
}

Bound Binder::fail(std::size_t offset, std::string message) {
  error_ = {offset, std::move(message)};
  return {};
}

Bound Binder::literal(std::size_t offset, data::Type type, data::Value value) const {
  return {std::make_unique<ConstantNode>(type, std::move(value)), offset, false, true};
}

Bound Binder::made(NodePtr node, std::size_t offset, bool foldable) const {
  Bound bound{std::move(node), offset, false, false};
  if (!foldable || bound.type().is_list()) return bound;
  const data::Batch none;
  Context context(none, 1);
  const Vec vec = bound.node->evaluate(context, Selection{nullptr, 0, 1});
  if (context.errors().any()) return bound;
  data::Value value = value_at(bound.type(), vec, 0);
  const auto* text = std::get_if<std::string>(&value.held);
  if (text != nullptr && text->size() > kMaxFoldedText) return bound;
  return literal(offset, bound.type(), std::move(value));
}

std::vector<std::size_t> Binder::fields() const {
  std::vector<std::size_t> fields;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i]) fields.push_back(i);
  }
  return fields;
}

NodePtr Binder::bind_whole(const Ast& ast) {
  Bound bound = bind(ast);
  if (bound.ok() && bound.untyped) {
    fail(ast.offset, "NULL alone has no type; give it one, as in CAST(NULL AS bigint)");
    return nullptr;
  }
  return std::move(bound.node);
}

bool Binder::convertible(const Bound& part, data::Type to) const {
  if (part.untyped || part.type() == to) return true;
  if (part.type() == data::kBigint && to == data::kDouble) return true;
  return part.type() == data::kString && to == data::kTimestamp && part.node->constant() != nullptr;
}

bool Binder::convert(Bound& part, data::Type to) {
  if (!convertible(part, to)) return false;
  if (part.untyped) {
    part = literal(part.offset, to, {});
    return true;
  }
  if (part.type() == to) return true;
  if (to == data::kTimestamp) {
    const data::Value& value = *part.node->constant();
    if (value.is_null()) {
      part = literal(part.offset, to, {});
      return true;
    }
    const std::string& text = std::get<std::string>(value.held);
    const auto ms = base::parse_iso8601_ms(text);
    if (!ms) {
      fail(part.offset, quoted(text) +
                            " stands with a timestamp and is not a time; expected one such as "
                            "'2026-01-31 23:59:59.999'");
      return false;
    }
    part = literal(part.offset, to, *ms);
    return true;
  }
  std::vector<NodePtr> arguments;
  arguments.push_back(std::move(part.node));
  part = made(
      std::make_unique<FunctionNode>(*find_cast(data::kBigint, to, false), std::move(arguments)),
      part.offset, part.foldable);
  return true;
}

bool Binder::unify(std::span<Bound> parts, std::string_view what) {
  const Bound* first = nullptr;
  for (const Bound& part : parts) {
    if (part.untyped) continue;
    // The widest so far: a double over a bigint, a timestamp over a constant string.
    if (first == nullptr || (convertible(*first, part.type()) && first->type() != part.type())) {
      first = &part;
    }
  }
  if (first == nullptr) {
    fail(parts.front().offset,
         std::string(what) +
             " are all NULL, which has no type; give one, as in CAST(NULL AS bigint)");
    return false;
  }
  const data::Type type = first->type();
  for (Bound& part : parts) {
    if (!convertible(part, type)) {
      fail(part.offset, std::string(what) + " have types " + to_string(type) + " and " +
                            to_string(part.type()) + "; expected one type (CAST converts)");
      return false;
    }
    if (!convert(part, type)) return false;
  }
  return true;
}

bool Binder::require(Bound& part, data::Type type, std::string_view what) {
  if (!part.ok()) return false;
  if (!convertible(part, type)) {
    fail(part.offset,
         std::string(what) + " is a " + to_string(type) + ", not a " + to_string(part.type()));
    return false;
  }
  return convert(part, type);
}

bool Binder::bind_all(const Ast& ast, std::size_t begin, std::vector<Bound>& parts) {
  for (std::size_t i = begin; i < ast.children.size(); ++i) {
    parts.push_back(bind(*ast.children[i]));
    if (!parts.back().ok()) return false;
  }
  return true;
}

Bound Binder::bind(const Ast& ast) {
  switch (ast.kind) {
    case AstKind::kNull: {
      Bound null = literal(ast.offset, data::kString, {});
      null.untyped = true;
      return null;
    }
    case AstKind::kBoolean:
      return literal(ast.offset, data::kBoolean, ast.integer != 0);
    case AstKind::kBigint:
      return literal(ast.offset, data::kBigint, ast.integer);
    case AstKind::kDouble:
      return literal(ast.offset, data::kDouble, ast.number);
    case AstKind::kString:
      return literal(ast.offset, data::kString, ast.text);
    case AstKind::kTimestamp:
      return literal(ast.offset, data::kTimestamp, ast.integer);
    case AstKind::kInterval:
      return fail(ast.offset,
                  "an INTERVAL is added to or taken from a timestamp, as in ts + "
                  "INTERVAL '5' MINUTE; it has no other use");
    case AstKind::kField:
      return field(ast);
    case AstKind::kNegate:
      return negate(ast);
    case AstKind::kArithmetic:
      return arithmetic(ast);
    case AstKind::kConcat:
      return concat(ast);
    case AstKind::kCompare:
      return comparison(ast);
    case AstKind::kDistinct:
      return distinct(ast);
    case AstKind::kAnd:
    case AstKind::kOr:
      return logic(ast);
    case AstKind::kNot:
      return negation(ast);
    case AstKind::kIsNull:
    case AstKind::kIsTruth:
      return is(ast);
    case AstKind::kBetween:
      return between(ast);
    case AstKind::kIn:
      return in(ast);
    case AstKind::kLike:
      return like(ast);
    case AstKind::kCase:
      return case_of(ast);
    case AstKind::kCast:
    case AstKind::kTryCast:
      return cast(ast);
    case AstKind::kCall:
      return call(ast);
    case AstKind::kIndex:
      return index(ast);
  }
  LEAT_ASSERT(false);
}

Bound Binder::field(const Ast& ast) {
  const auto index = schema_.find(ast.text);
  if (index) {
    seen_[*index] = true;
    return {std::make_unique<FieldNode>(schema_.field(*index).type, *index), ast.offset};
  }
  std::string refused = refused_name(ascii_upper(ast.text));
  if (!refused.empty()) return fail(ast.offset, std::move(refused));
  const std::vector<std::string> names = schema_.names();
  std::string hint = base::did_you_mean(ast.text, names);
  if (hint.empty() && !names.empty() && names.size() <= 12) {
    hint = "; expected one of ";
    for (std::size_t i = 0; i < names.size(); ++i) hint += (i > 0 ? ", " : "") + names[i];
  }
  return fail(ast.offset, "unknown field " + quoted(ast.text) + hint);
}

Bound Binder::negate(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  if (parts[0].untyped && !convert(parts[0], data::kBigint)) return {};
  if (!parts[0].type().is_numeric()) {
    return fail(ast.offset, "- takes a number, not a " + to_string(parts[0].type()));
  }
  return resolve(ast.offset, "$NEGATE", std::move(parts));
}

Bound Binder::arithmetic(const Ast& ast) {
  const bool interval =
      ast.children[0]->kind == AstKind::kInterval || ast.children[1]->kind == AstKind::kInterval;
  if (interval) return time_arithmetic(ast);
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  if (parts[0].untyped && parts[1].untyped) convert(parts[0], data::kBigint);
  for (int i = 0; i < 2; ++i) {
    Bound& part = parts[static_cast<std::size_t>(i)];
    const Bound& other = parts[static_cast<std::size_t>(1 - i)];
    if (part.untyped && !other.untyped) convert(part, other.type());
  }
  if (!parts[0].type().is_numeric() || !parts[1].type().is_numeric()) {
    std::string message = ast.text + " takes numbers, not " + to_string(parts[0].type()) + " and " +
                          to_string(parts[1].type());
    const bool text = parts[0].type().is_textual() && parts[1].type().is_textual();
    const bool time = parts[0].type() == data::kTimestamp || parts[1].type() == data::kTimestamp;
    if (text && ast.text == "+") message += "; strings are joined with ||";
    if (time) {
      message +=
          "; times are reckoned with TIMESTAMPADD, TIMESTAMPDIFF or ts + INTERVAL '5' MINUTE";
    }
    return fail(ast.offset, std::move(message));
  }
  return resolve(ast.offset, ast.text, std::move(parts));
}

// ts + INTERVAL 'n' unit, INTERVAL + ts, ts - INTERVAL.
Bound Binder::time_arithmetic(const Ast& ast) {
  const bool left = ast.children[0]->kind == AstKind::kInterval;
  const Ast& interval = *ast.children[left ? 0 : 1];
  const Ast& of = *ast.children[left ? 1 : 0];
  const bool minus = ast.text == "-";
  if (of.kind == AstKind::kInterval || (ast.text != "+" && (!minus || left))) {
    return fail(interval.offset,
                "an INTERVAL is added to or taken from a timestamp, as in ts + "
                "INTERVAL '5' MINUTE; it has no other use");
  }
  const auto unit = parse_unit(interval.unit);
  if (!unit || !add_units(*unit, 0, 0)) {
    return fail(interval.unit_offset,
                "unknown unit " + quoted(interval.unit) +
                    "; expected MILLISECOND, SECOND, MINUTE, HOUR, DAY, WEEK, "
                    "MONTH, QUARTER or YEAR");
  }
  Bound time = bind(of);
  if (!time.ok()) return {};
  if (!require(time, data::kTimestamp, "what an INTERVAL is added to")) return {};
  std::vector<Bound> arguments;
  arguments.push_back(literal(interval.offset, data::kBigint, static_cast<std::int64_t>(*unit)));
  // The literal has no sign of its own that could overflow: '-9223372036854775808' stays a defect.
  if (minus && interval.integer == std::numeric_limits<std::int64_t>::min()) {
    return fail(interval.offset, "the INTERVAL is out of range");
  }
  arguments.push_back(
      literal(interval.offset, data::kBigint, minus ? -interval.integer : interval.integer));
  arguments.push_back(std::move(time));
  return resolve(ast.offset, "$TIMESTAMPADD", std::move(arguments));
}

Bound Binder::concat(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  for (Bound& part : parts) {
    if (convert(part, data::kString)) continue;
    return fail(part.offset, "|| joins strings, not a " + to_string(part.type()) +
                                 "; CAST(... AS string) makes one");
  }
  const bool foldable = all_foldable(parts);
  return made(std::make_unique<ConcatNode>(false, take_nodes(std::move(parts))), ast.offset,
              foldable);
}

Bound Binder::index(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  if (!parts[0].type().is_list() || parts[0].untyped) {
    return fail(ast.offset,
                "[] takes an element of a list, not of a " + to_string(parts[0].type()));
  }
  if (!require(parts[1], data::kBigint, "the position in a list")) return {};
  return {std::make_unique<IndexNode>(std::move(parts[0].node), std::move(parts[1].node)),
          ast.offset};
}

Bound Binder::cast(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  const data::Type to = cast_type(ast.text);
  Bound& from = parts[0];
  if (from.untyped) return literal(ast.offset, to, {});
  if (from.type() == to) {
    from.offset = ast.offset;
    return std::move(from);
  }
  const Overload* const found = find_cast(from.type(), to, ast.kind == AstKind::kTryCast);
  if (found == nullptr) {
    return fail(ast.offset,
                "a " + to_string(from.type()) + " cannot be cast to a " + to_string(to));
  }
  const bool foldable = from.foldable;
  return made(std::make_unique<FunctionNode>(*found, take_nodes(std::move(parts))), ast.offset,
              foldable);
}

}  // namespace leat::expression
