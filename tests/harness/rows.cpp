#include "tests/harness/rows.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace leat::harness {
namespace {

void append_value(std::string& out, const data::Value& value) {
  if (value.is_null()) {
    out += "null";
  } else if (const auto* boolean = std::get_if<bool>(&value.held)) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.held)) {
    base::append_int(out, *integer);
  } else if (const auto* number = std::get_if<double>(&value.held)) {
    base::append_double(out, *number);
  } else if (const auto* text = std::get_if<std::string>(&value.held)) {
    base::append_json_string(out, *text);
  } else {
    out += '[';
    const char* separator = "";
    for (const data::Value& element : std::get<data::Value::List>(value.held)) {
      out += separator;
      separator = ",";
      append_value(out, element);
    }
    out += ']';
  }
}

}  // namespace

Row row(std::vector<data::Value> values, TimestampMs event_time) {
  return Row{std::move(values), event_time, kMinTimestamp};
}

std::string show(const data::Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

std::string show(const Row& shown) {
  std::string out;
  append_value(out, data::Value(shown.values));
  out += " @";
  base::append_int(out, shown.event_time);
  return out;
}

std::string show(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& shown : rows) out += show(shown) + "\n";
  return out;
}

void PrintTo(const Row& shown, std::ostream* out) { *out << show(shown); }

std::vector<Row> rows_of(const data::Batch& batch) {
  batch.check();
  std::vector<Row> rows;
  rows.reserve(batch.rows());
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    rows.push_back({batch.row_values(i), batch.event_times[i], batch.watermark_seen_by(i)});
  }
  return rows;
}

data::Batch make_batch(const data::SchemaPtr& schema, const std::vector<Row>& rows,
                       TimestampMs watermark_before) {
  data::Batch batch(schema);
  batch.watermark_before = watermark_before;
  for (const Row& added : rows) batch.append_values(added.values, added.event_time);
  return batch;
}

std::vector<Row> sorted(std::vector<Row> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return show(a) < show(b); });
  return rows;
}

bool close(const data::Value& a, const data::Value& b, double relative) {
  const auto* x = std::get_if<double>(&a.held);
  const auto* y = std::get_if<double>(&b.held);
  if (x != nullptr && y != nullptr) {
    if (std::isnan(*x) || std::isnan(*y)) return std::isnan(*x) && std::isnan(*y);
    if (*x == *y) return true;
    return std::abs(*x - *y) <= relative * std::max(std::abs(*x), std::abs(*y));
  }
  const auto* left = std::get_if<data::Value::List>(&a.held);
  const auto* right = std::get_if<data::Value::List>(&b.held);
  if (left != nullptr && right != nullptr) {
    return std::equal(
        left->begin(), left->end(), right->begin(), right->end(),
        [&](const data::Value& l, const data::Value& r) { return close(l, r, relative); });
  }
  return a == b;
}

std::string difference(const std::vector<Row>& got, const std::vector<Row>& expected,
                       double relative) {
  for (std::size_t i = 0; i < std::max(got.size(), expected.size()); ++i) {
    const std::string where = "row " + std::to_string(i) + ": ";
    if (i >= got.size()) return where + "missing " + show(expected[i]);
    if (i >= expected.size()) return where + "unexpected " + show(got[i]);
    const bool same = got[i].event_time == expected[i].event_time &&
                      close(got[i].values, expected[i].values, relative);
    if (!same) return where + "got " + show(got[i]) + ", expected " + show(expected[i]);
  }
  return {};
}

}  // namespace leat::harness
