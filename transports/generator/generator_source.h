// Simulated sensors: a source whose readings are a function of the seed and the row number alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/data/schema.h"
#include "core/ports/source.h"

namespace leat::generator {

struct GeneratorConfig {
  std::int64_t sensors = 10;
  double rate = 0;                    // rows a second, all sensors together; 0: as fast as it goes
  std::optional<std::int64_t> count;  // rows in all; without it the source never ends
  std::uint64_t seed = 1;
  // Event time of row 0. Without it: kDefaultStartMs when the source is bounded or not paced, so
  // that the same seed gives the same readings; the wall clock at open() when it is paced and
  // endless.
  std::optional<TimestampMs> start_ms;
  DurationMs out_of_orderness_ms = 0;
};

inline constexpr TimestampMs kDefaultStartMs = 1'704'067'200'000;  // 2024-01-01T00:00:00Z

// Rows (id string, ts timestamp, temperature double). Row i comes from "sensor-<i mod sensors>";
// its nominal time is start + i / rate (not paced: one reading a second from each sensor); its
// event time lies up to out_of_orderness before that, so a watermark with that bound makes no row
// late. The temperature is a daily curve (coldest at 03:00 UTC, warmest at 15:00) around a mean of
// the sensor's own, plus noise, in hundredths of a degree. All of it is integer arithmetic or a
// correctly rounded division: the same on every machine.
//
// Paced, it emits what is due by the monotonic clock since open(); what a stalled reader left comes
// in one go. The position is (start, row): a seek goes on at that row, at the same pace from then
// on. The id column carries dictionary codes.
class GeneratorSource final : public ports::Source {
 public:
  // kInvalidArgument: sensors outside 1 to 1,000,000; a rate that is negative, not finite, or not 0
  // and outside 1e-6 to 1e9; a negative count or out_of_orderness (at most 365 days); a start
  // outside the years 0000 to 9999.
  static Result<std::unique_ptr<GeneratorSource>> make(const GeneratorConfig& config);
  static data::SchemaPtr schema();

  Result<void> open(const ports::SourceContext& context) override;
  Result<ports::SourceStatus> poll(std::size_t max_rows, ports::SourceBatch& out) override;
  std::optional<TimestampMs> wake_at_ms() const override;
  std::string position() const override;
  Result<void> seek(std::string_view position) override;

 private:
  explicit GeneratorSource(const GeneratorConfig& config);
  std::int64_t due_rows() const;  // rows that may be out by now, counted from open()
  std::int64_t nominal_offset_ms(std::int64_t row) const;
  void append_row(data::Batch& rows, std::int64_t row, TimestampMs now_ms) const;

  GeneratorConfig config_;
  double event_rate_;         // rows a second of event time
  std::uint64_t noise_seed_;  // SplitMix64 states from which row and sensor draws are indexed
  std::uint64_t delay_seed_;
  std::uint64_t sensor_seed_;
  ports::SourceContext context_;
  TimestampMs start_ms_ = 0;
  std::int64_t next_row_ = 0;
  std::int64_t first_row_ = 0;  // where the pacing began
  std::int64_t opened_ns_ = 0;
};

}  // namespace leat::generator
