// Comparisons, logic and CASE.
#include "core/expression/binder.h"
#include "core/expression/branch.h"
#include "core/expression/logic.h"
#include "core/expression/text_ops.h"

namespace leat::expression {

Bound Binder::logic(const Ast& ast) {
  const bool is_and = ast.kind == AstKind::kAnd;
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  for (Bound& part : parts) {
    if (!require(part, data::kBoolean, is_and ? "what AND takes" : "what OR takes")) return {};
  }
  const bool foldable = all_foldable(parts);
  return made(std::make_unique<LogicNode>(is_and, take_nodes(std::move(parts))), ast.offset,
              foldable);
}

Bound Binder::negation(const Ast& ast) {
  Bound part = bind(*ast.children[0]);
  if (!require(part, data::kBoolean, "what NOT takes")) return {};
  const bool foldable = part.foldable;
  return made(std::make_unique<NotNode>(std::move(part.node)), ast.offset, foldable);
}

bool Binder::harmonize(Bound& a, Bound& b, std::string_view what) {
  if (a.untyped && b.untyped) return convert(a, data::kBigint) && convert(b, data::kBigint);
  if (a.untyped) return convert(a, b.type());
  if (b.untyped) return convert(b, a.type());
  if (comparable(a.type(), b.type())) return true;
  const data::Type a_type = a.type();
  const data::Type b_type = b.type();
  if (b_type == data::kTimestamp && convertible(a, b_type)) return convert(a, b_type);
  if (a_type == data::kTimestamp && convertible(b, a_type)) return convert(b, a_type);
  std::string message =
      std::string(what) + " cannot compare a " + to_string(a_type) + " with a " + to_string(b_type);
  if (a_type.is_list() || b_type.is_list()) {
    message += "; of a list compare an element, list[1], or CARDINALITY(list)";
  } else {
    message += "; CAST converts";
  }
  fail(a.offset, std::move(message));
  return false;
}

Bound Binder::comparison(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts) || !harmonize(parts[0], parts[1], ast.text)) return {};
  const bool foldable = all_foldable(parts);
  CompareOp op = *compare_op(ast.text);
  // The constant to the right, where select() looks for it.
  if (parts[0].node->constant() != nullptr && parts[1].node->field()) {
    std::swap(parts[0], parts[1]);
    op = mirrored(op);
  }
  return made(std::make_unique<CompareNode>(op, std::move(parts[0].node), std::move(parts[1].node)),
              ast.offset, foldable);
}

Bound Binder::distinct(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts) || !harmonize(parts[0], parts[1], "IS DISTINCT FROM")) return {};
  const bool foldable = all_foldable(parts);
  return made(std::make_unique<DistinctNode>(ast.negated, std::move(parts[0].node),
                                             std::move(parts[1].node)),
              ast.offset, foldable);
}

Bound Binder::is(const Ast& ast) {
  Bound part = bind(*ast.children[0]);
  if (!part.ok()) return {};
  const bool foldable = part.foldable;
  if (ast.kind == AstKind::kIsNull) {
    return made(std::make_unique<IsNullNode>(ast.negated, std::move(part.node)), ast.offset,
                foldable);
  }
  if (!require(part, data::kBoolean, "what stands before IS " + ast.text)) return {};
  NodePtr node;
  if (ast.text == "UNKNOWN") {
    node = std::make_unique<IsNullNode>(ast.negated, std::move(part.node));
  } else {
    node = std::make_unique<IsTruthNode>(ast.text == "TRUE", ast.negated, std::move(part.node));
  }
  return made(std::move(node), ast.offset, foldable);
}

Bound Binder::between(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts) || !harmonize(parts[0], parts[1], "BETWEEN") ||
      !harmonize(parts[0], parts[2], "BETWEEN") || !harmonize(parts[0], parts[1], "BETWEEN")) {
    return {};
  }
  // A bigint constant beside a double field is made a double when that loses nothing, so that the
  // fast path of select() sees one type.
  for (std::size_t i = 1; i < 3; ++i) {
    const data::Value* constant = parts[i].node->constant();
    if (constant == nullptr || constant->is_null()) continue;
    const auto* integer = std::get_if<std::int64_t>(&constant->held);
    constexpr std::int64_t kExact = std::int64_t{1} << 53;
    if (parts[0].type() == data::kDouble && parts[i].type() == data::kBigint &&
        integer != nullptr && *integer >= -kExact && *integer <= kExact) {
      convert(parts[i], data::kDouble);
    }
  }
  const bool foldable = all_foldable(parts);
  return made(std::make_unique<BetweenNode>(ast.negated, std::move(parts[0].node),
                                            std::move(parts[1].node), std::move(parts[2].node)),
              ast.offset, foldable);
}

Bound Binder::in(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  // Twice: an item may have made a timestamp of the value after an earlier one stayed a string.
  for (std::size_t pass = 0; pass < 2; ++pass) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (!harmonize(parts[0], parts[i], "IN")) return {};
    }
  }
  const bool foldable = all_foldable(parts);
  NodePtr value = std::move(parts[0].node);
  parts.erase(parts.begin());
  return made(std::make_unique<InNode>(ast.negated, std::move(value), take_nodes(std::move(parts))),
              ast.offset, foldable);
}

Bound Binder::like(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  for (Bound& part : parts) {
    if (!require(part, data::kString, "what LIKE takes")) return {};
  }
  const auto text_of = [&](std::size_t i) -> const std::string* {
    const data::Value* constant = parts[i].node->constant();
    return constant == nullptr ? nullptr : std::get_if<std::string>(&constant->held);
  };
  const std::string* const pattern = text_of(1);
  const std::string* const escape = parts.size() == 3 ? text_of(2) : nullptr;
  if (escape != nullptr && (escape->empty() || char_size(*escape, 0) != escape->size())) {
    return fail(parts[2].offset, "the ESCAPE of LIKE is one character");
  }
  if (pattern != nullptr) {
    const std::string_view defect = like_defect(*pattern, escape != nullptr ? *escape : "");
    if (!defect.empty()) return fail(parts[1].offset, std::string(defect));
  }
  Bound bound = resolve(ast.offset, "$LIKE", std::move(parts));
  if (!bound.ok() || !ast.negated) return bound;
  const bool foldable = bound.foldable;
  return made(std::make_unique<NotNode>(std::move(bound.node)), ast.offset, foldable);
}

Bound Binder::case_of(const Ast& ast) {
  std::vector<Bound> parts;
  if (!bind_all(ast, 0, parts)) return {};
  Bound operand;
  std::size_t at = 0;
  if (ast.has_operand) operand = std::move(parts[at++]);
  std::vector<Bound> conditions;
  std::vector<Bound> results;
  const std::size_t end = parts.size() - (ast.has_else ? 1 : 0);
  for (; at < end; at += 2) {
    conditions.push_back(std::move(parts[at]));
    results.push_back(std::move(parts[at + 1]));
  }
  if (ast.has_else) results.push_back(std::move(parts.back()));
  return make_case(ast.offset, std::move(operand), std::move(conditions), std::move(results),
                   ast.has_else);
}

Bound Binder::make_case(std::size_t offset, Bound operand, std::vector<Bound> conditions,
                        std::vector<Bound> results, bool has_else) {
  for (std::size_t pass = 0; pass < 2; ++pass) {  // as in in()
    for (Bound& condition : conditions) {
      if (operand.ok()) {
        if (!harmonize(operand, condition, "CASE")) return {};
      } else if (!require(condition, data::kBoolean, "a condition")) {
        return {};
      }
    }
  }
  if (!unify(results, "the results")) return {};
  const bool foldable =
      (!operand.ok() || operand.foldable) && all_foldable(conditions) && all_foldable(results);
  bool can_fail = operand.ok() && operand.node->can_fail();
  for (const Bound& condition : conditions) can_fail = can_fail || condition.node->can_fail();
  for (const Bound& result : results) can_fail = can_fail || result.node->can_fail();
  const data::Type type = results.front().type();
  NodePtr otherwise;
  if (has_else) {
    otherwise = std::move(results.back().node);
    results.pop_back();
  }
  std::vector<CaseNode::Branch> branches;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    branches.push_back({std::move(conditions[i].node), std::move(results[i].node)});
  }
  return made(std::make_unique<CaseNode>(type, can_fail, std::move(operand.node),
                                         std::move(branches), std::move(otherwise)),
              offset, foldable);
}

}  // namespace leat::expression
