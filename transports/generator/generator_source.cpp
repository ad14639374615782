#include "transports/generator/generator_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/base/bytes.h"

namespace leat::generator {
namespace {

constexpr std::int64_t kMaxSensors = 1'000'000;
constexpr DurationMs kDayMs = 86'400'000;
// Under this id a code n always means "sensor-<n>", whichever generator made the column.
constexpr std::uint64_t kDictionaryId = 0x6c65'6174'2e67'656eULL;
constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
constexpr std::uint8_t kPositionVersion = 1;

// The index-th number of the SplitMix64 sequence that starts at `seed`.
std::uint64_t draw(std::uint64_t seed, std::uint64_t index) {
  return env::SeededRandom(seed + index * kGolden).next();
}

// sin(degrees) * 1000 for 0 <= degrees < 360, by Bhaskara I's approximation (7th century), whose
// error is below 0.002: integers only.
std::int64_t sine_permille(std::int64_t degrees) {
  const bool negative = degrees >= 180;
  const std::int64_t x = negative ? degrees - 180 : degrees;
  const std::int64_t product = x * (180 - x);
  const std::int64_t value = 4000 * product / (40'500 - product);
  return negative ? -value : value;
}

std::int64_t floor_mod(std::int64_t value, std::int64_t by) {
  const std::int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

Error bad(const std::string& what) { return base::invalid("generator: " + what); }

}  // namespace

Result<std::unique_ptr<GeneratorSource>> GeneratorSource::make(const GeneratorConfig& config) {
  if (config.sensors < 1 || config.sensors > kMaxSensors) {
    return bad("sensors is " + std::to_string(config.sensors) + "; expected 1 to 1000000");
  }
  const bool rate_ok = config.rate == 0 || (config.rate >= 1e-6 && config.rate <= 1e9);
  if (!rate_ok) {  // NaN as well
    return bad("rate is " + std::to_string(config.rate) +
               "; expected 0 (as fast as it goes) or 0.000001 to 1000000000 rows a second");
  }
  if (config.count && *config.count < 0) {
    return bad("count is " + std::to_string(*config.count) + "; expected 0 or more rows");
  }
  if (config.out_of_orderness_ms < 0 || config.out_of_orderness_ms > 365 * kDayMs) {
    return bad("out_of_orderness is " + std::to_string(config.out_of_orderness_ms) +
               " ms; expected 0 to 365d");
  }
  if (config.start_ms &&
      (*config.start_ms < base::kMinEventTime || *config.start_ms > base::kMaxEventTime)) {
    return bad("start is " + std::to_string(*config.start_ms) +
               "; expected a time in the years 0000 to 9999, in milliseconds");
  }
  return std::unique_ptr<GeneratorSource>(new GeneratorSource(config));
}

data::SchemaPtr GeneratorSource::schema() {
  return data::make_schema(
      {{"id", data::kString}, {"ts", data::kTimestamp}, {"temperature", data::kDouble}});
}

GeneratorSource::GeneratorSource(const GeneratorConfig& config)
    : config_(config),
      event_rate_(config.rate > 0 ? config.rate : static_cast<double>(config.sensors)) {
  env::SeededRandom seeds(config.seed);
  noise_seed_ = seeds.next();
  delay_seed_ = seeds.next();
  sensor_seed_ = seeds.next();
  start_ms_ = config.start_ms.value_or(kDefaultStartMs);
}

Result<void> GeneratorSource::open(const ports::SourceContext& context) {
  LEAT_ASSERT(context.clock != nullptr);
  context_ = context;
  opened_ns_ = context.clock->monotonic_ns();
  if (!config_.start_ms && config_.rate > 0 && !config_.count) {
    start_ms_ = std::clamp(context.clock->now_ms(), base::kMinEventTime, base::kMaxEventTime);
  }
  return {};
}

std::int64_t GeneratorSource::due_rows() const {
  const std::int64_t elapsed_ns = context_.clock->monotonic_ns() - opened_ns_;
  const double due = std::floor(static_cast<double>(elapsed_ns) * config_.rate / 1e9);
  // The first row is due at once.
  return due >= 9e18 ? INT64_MAX : static_cast<std::int64_t>(std::max(due, 0.0)) + 1;
}

Result<ports::SourceStatus> GeneratorSource::poll(std::size_t max_rows, ports::SourceBatch& out) {
  if (!out.rows.schema) out.rows = data::Batch(schema());
  std::int64_t available = static_cast<std::int64_t>(std::min<std::size_t>(max_rows, INT32_MAX));
  if (config_.count) {
    const std::int64_t left = *config_.count - next_row_;
    if (left <= 0) return ports::SourceStatus::kEnded;
    available = std::min(available, left);
  }
  if (config_.rate > 0) {
    const std::int64_t emitted = next_row_ - first_row_;
    available = std::min(available, std::max<std::int64_t>(due_rows() - emitted, 0));
    if (available == 0) return ports::SourceStatus::kQuiet;
  }
  const TimestampMs now_ms = context_.clock->now_ms();
  for (data::Column& column : out.rows.columns) {
    column.reserve(column.size() + static_cast<std::size_t>(available));
  }
  for (std::int64_t i = 0; i < available; ++i) append_row(out.rows, next_row_++, now_ms);
  return ports::SourceStatus::kMore;
}

std::int64_t GeneratorSource::nominal_offset_ms(std::int64_t row) const {
  const double offset = std::floor(static_cast<double>(row) * 1000.0 / event_rate_);
  const double most = static_cast<double>(base::kMaxEventTime - start_ms_);
  return static_cast<std::int64_t>(std::min(offset, most));
}

void GeneratorSource::append_row(data::Batch& rows, std::int64_t row, TimestampMs now_ms) const {
  const std::int64_t sensor = row % config_.sensors;
  char id[32] = "sensor-";
  constexpr std::size_t kPrefix = 7;
  const auto end = std::to_chars(id + kPrefix, id + sizeof id, sensor).ptr;
  rows.columns[0].append_text(std::string_view(id, static_cast<std::size_t>(end - id)),
                              kDictionaryId, static_cast<std::uint32_t>(sensor));

  const auto index = static_cast<std::uint64_t>(row);
  TimestampMs ts = start_ms_ + nominal_offset_ms(row);
  if (config_.out_of_orderness_ms > 0) {
    const auto span = static_cast<std::uint64_t>(config_.out_of_orderness_ms) + 1;
    ts -= static_cast<std::int64_t>(draw(delay_seed_, index) % span);
    ts = std::max(ts, base::kMinEventTime);
  }
  rows.columns[1].append_int64(ts);

  // Hundredths of a degree: mean 15 to 25, daily swing 4 to 8, noise within 0.5.
  const std::uint64_t own = draw(sensor_seed_, static_cast<std::uint64_t>(sensor));
  const auto mean = 1500 + static_cast<std::int64_t>(own % 1001);
  const auto swing = 400 + static_cast<std::int64_t>((own >> 32) % 401);
  const auto noise = static_cast<std::int64_t>(draw(noise_seed_, index) % 101) - 50;
  const std::int64_t degrees = floor_mod(floor_mod(ts, kDayMs) / 240'000 - 135, 360);
  const std::int64_t hundredths = mean + swing * sine_permille(degrees) / 1000 + noise;
  rows.columns[2].append_double(static_cast<double>(hundredths) / 100.0);
  rows.close_row(now_ms);
}

std::optional<TimestampMs> GeneratorSource::wake_at_ms() const {
  if (config_.rate == 0 || (config_.count && next_row_ >= *config_.count)) return std::nullopt;
  const double due_ns = static_cast<double>(next_row_ - first_row_) * 1e9 / config_.rate;
  const auto elapsed_ns = static_cast<double>(context_.clock->monotonic_ns() - opened_ns_);
  // At least one: rounding must not make a caller in virtual time ask for ever.
  const double wait_ms = std::max(std::ceil((due_ns - elapsed_ns) / 1e6), 1.0);
  return base::saturating_add(context_.clock->now_ms(),
                              wait_ms >= 9e18 ? INT64_MAX : static_cast<std::int64_t>(wait_ms));
}

std::string GeneratorSource::position() const {
  base::ByteWriter writer;
  writer.u8(kPositionVersion);
  writer.i64(start_ms_);
  writer.i64(next_row_);
  return writer.take();
}

Result<void> GeneratorSource::seek(std::string_view position) {
  base::ByteReader reader(position);
  const std::uint8_t version = reader.u8();
  const std::int64_t start_ms = reader.i64();
  const std::int64_t row = reader.i64();
  if (!reader.ok() || !reader.at_end() || version != kPositionVersion || row < 0 ||
      start_ms < base::kMinEventTime || start_ms > base::kMaxEventTime) {
    return Error(ErrorCode::kCorrupt, "generator: the position is not one of a generator");
  }
  start_ms_ = start_ms;
  next_row_ = first_row_ = row;
  return {};
}

}  // namespace leat::generator
