#include "core/job/declarations.h"

namespace leat::job {
namespace {

using T = OptionType;
using List = std::vector<OptionDeclaration>;

List with_inputs(List own) {
  return List{option(T::kTexts, "inputs", "Nodes, or side outputs as `<node>.<output>`, to read.")
                  .required()} +
         std::move(own) + declare_common();
}

// `lua`, `file` or `function`.
List code() {
  return {option(T::kText, "lua", "Lua source.").not_built(),
          option(T::kText, "file", "A file with Lua source.").not_built(),
          option(T::kText, "function", "A function that is built in.").not_built()};
}

OptionDeclaration key_by() {
  return option(T::kKeys, "key_by", "Field names, or name: expression. Without it: one for all.");
}

OptionDeclaration window_of(bool event_windows_only) {
  const auto size = [] {
    return option(T::kDuration, "size", "Length of a window.").required().at_least(1);
  };
  const auto offset = [] {
    return option(T::kDuration, "offset", "Moves the windows; may be negative.")
        .by_default("0s")
        .negative_too();
  };
  std::vector<TypeDeclaration> forms = {
      {"tumbling", "Windows side by side.", true, {size(), offset()}},
      {"sliding",
       "Windows that overlap.",
       true,
       {size(),
        option(T::kDuration, "slide", "Time from one start to the next.").required().at_least(1),
        offset()}},
      {"session",
       "Rows with less than `gap` between them.",
       true,
       {option(T::kDuration, "gap", "Silence that ends a session.").required().at_least(1)}}};
  if (!event_windows_only) {
    forms.push_back(
        {"count",
         "So many rows of a key.",
         true,
         {option(T::kInteger, "size", "Rows of a window.").required().between(1, 100'000'000),
          option(T::kInteger, "slide", "Rows from one window to the next. Default: the size.")
              .between(1, 100'000'000)}});
    forms.push_back({"global", "One window that ends with the input.", true, {}});
  }
  return variants("window", "type", std::move(forms), "Which rows are taken together.");
}

OptionDeclaration trigger() {
  const auto purging = [] {
    return option(T::kBoolean, "purging", "A window that fires is emptied.").by_default("false");
  };
  return variants(
             "trigger", "type",
             {{"event_time", "When the watermark passes the end.", true, {purging()}},
              {"processing_time", "When the clock passes the end.", true, {purging()}},
              {"count",
               "Every `count` rows.",
               true,
               {option(T::kInteger, "count", "Rows.").required().at_least(1), purging()}},
              {"continuous",
               "Every so often.",
               true,
               {option(T::kDuration, "every", "The interval.").required().at_least(1), purging()}},
              {"delta",
               "When `expr` has moved by more than `threshold` since it last fired.",
               true,
               {option(T::kExpression, "expr", "What is watched.").required(),
                option(T::kNumber, "threshold", "How far it may move.").required(), purging()}}},
             "When a window fires; replaces the default.")
      .not_built();
}

OptionDeclaration evictor() {
  const auto after = [] {
    return option(T::kBoolean, "after", "Evicts after the function instead of before it.")
        .by_default("false");
  };
  return variants("evictor", "type",
                  {{"count",
                    "Keeps the last `count` rows.",
                    true,
                    {option(T::kInteger, "count", "Rows.").required().at_least(1), after()}},
                   {"time",
                    "Keeps rows not older than `size` than the newest.",
                    true,
                    {option(T::kDuration, "size", "Age.").required().at_least(1), after()}},
                   {"delta",
                    "Keeps rows whose `expr` is within `threshold` of the last row's.",
                    true,
                    {option(T::kExpression, "expr", "What is compared.").required(),
                     option(T::kNumber, "threshold", "How far it may be.").required(), after()}}},
                  "Which rows of a window are left out.")
      .not_built();
}

TypeDeclaration window() {
  return {"window", "Aggregates rows by key and window.", true,
          with_inputs(List{
                          key_by(),
                          [] {
                            OptionDeclaration made = window_of(false);
                            made.is_required = true;
                            return made;
                          }(),
                          option(T::kDuration, "allowed_lateness",
                                 "A closed window fires again for rows that are late by less.")
                              .by_default("0s"),
                          choice("time", {"event", "processing"}, "Which clock closes windows.")
                              .by_default("event")
                              .choices_not_built({"processing"}),
                          option(T::kAggregates, "aggregate", "Output field: aggregate."),
                          trigger(),
                          evictor(),
                      } +
                      code())};
}

TypeDeclaration process() {
  return {"process", "A process function: state, timers, side outputs; one or two inputs.", false,
          with_inputs(List{key_by(), option(T::kPairs, "state", "Name and type, as value<double>."),
                           option(T::kFreeform, "outputs", "Side outputs: names, or name: fields."),
                           option(T::kText, "lua", "Lua source."),
                           option(T::kText, "file", "A file with Lua source."),
                           option(T::kText, "function", "A function that is built in.")})};
}

TypeDeclaration join() {
  return {"join", "A window join or an interval join of two inputs.", false,
          with_inputs(List{
              option(T::kEqual, "equal",
                     "Fields that must be equal: names, or { left, right "
                     "}.")
                  .required(),
              window_of(true),
              section("within",
                      {option(T::kDuration, "lower",
                              "The right row's time is at least the "
                              "left one's and this.")
                           .required()
                           .negative_too(),
                       option(T::kDuration, "upper", "And at most the left one's and this.")
                           .required()
                           .negative_too()},
                      "An interval join."),
              choice("kind", {"inner", "left", "right", "full"}, "As in SQL.").by_default("inner"),
              option(T::kFreeform, "select", "Output field: expression, or field names.")})};
}

TypeDeclaration lookup() {
  return {
      "lookup", "Joins with a table that is kept up to date.", false,
      with_inputs(List{
          option(T::kFreeform, "table", "A broadcast input, a file or a SQLite table.").required(),
          option(T::kEqual, "equal", "Fields that must be equal: names, or { left, right }.")
              .required(),
          option(T::kFreeform, "select", "Output field: expression, or field names.")})};
}

TypeDeclaration dedupe() {
  return {"dedupe", "Drops repeats of a key within a time.", kDedupeBuilt,
          with_inputs(List{option(T::kTexts, "key", "Fields that make rows equal.").required(),
                           option(T::kDuration, "keep", "How long a key is remembered.")
                               .by_default("1h")
                               .at_least(1),
                           option(T::kInteger, "max_keys", "How many keys are remembered.")
                               .by_default("100000")
                               .between(1, 100'000'000),
                           section("approximate",
                                   {option(T::kNumber, "error_rate",
                                           "Share of rows dropped that "
                                           "were no repeats.")
                                        .required()},
                                   "A Bloom filter instead of exact keys.")
                               .not_built()})};
}

}  // namespace

std::vector<TypeDeclaration> declare_transforms() {
  std::vector<TypeDeclaration> transforms = {
      {"filter", "Keeps rows.", true,
       with_inputs(
           {option(T::kExpression, "where", "Rows for which it is TRUE stay.").required()})},
      {"map", "Computes fields.", true,
       with_inputs(
           {option(T::kNamedExpressions, "set", "Field: expression over the row as it came in."),
            option(T::kTexts, "keep",
                   "Fields of the input that stay, in that order; those of "
                   "`set` always do."),
            option(T::kTexts, "drop", "Fields of the input that go.")})},
      {"flat_map", "One row for each element of a list, or each part of a string.", true,
       with_inputs({option(T::kText, "unnest", "A field of type list."),
                    section("split",
                            {option(T::kText, "field", "A field of type string.").required(),
                             option(T::kText, "by", "The text between the parts.").required()},
                            "A string to take apart."),
                    option(T::kText, "as", "Name of the output field. Default: the field's.")})},
      {"route", "Splits rows into named side outputs: the first that holds, or `unmatched`.", true,
       with_inputs({option(T::kNamedExpressions, "routes", "Output: condition.").required()})},
      {"union", "Merges inputs of one schema.", true, with_inputs({})},
      {"reduce", "A rolling aggregate: for every row in, the key and the aggregates so far.", true,
       with_inputs(
           {key_by(), option(T::kAggregates, "aggregate", "Output field: aggregate.").required()})},
      window(),
      process(),
      join(),
      lookup(),
      {"pattern", "Complex event processing.", false,
       with_inputs({key_by(), option(T::kFreeform, "pattern", "The pattern."),
                    option(T::kDuration, "within", "The time it may take.")})},
      dedupe(),
      {"sql", "A streaming SQL query over its inputs.", false,
       with_inputs({option(T::kText, "query", "The query.").required()})},
  };
  return transforms;
}

}  // namespace leat::job
