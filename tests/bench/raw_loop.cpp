// What one would write by hand for a single job, as the measure of a whole leat process: count,
// sum, min and max per key and minute of event time, results to a file as JSON lines. It knows its
// one schema and assumes that times never go back, that every line is well formed, that one window
// is open at a time.
//
// usage: raw_loop generate ROWS SENSORS OUT    makes the rows itself
//        raw_loop read FILE OUT                JSON lines by simdjson's on-demand iterate_many
//        raw_loop parse FILE                   the same parser, no windows
//        raw_loop write ROWS SENSORS FILE      makes such a file: 71 bytes a line and a line end
#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <tsl/robin_map.h>

namespace {

constexpr std::int64_t kStartMs = 1'700'000'040'000;  // the start of a minute
constexpr std::int64_t kMinuteMs = 60'000;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "raw_loop: %s\n", what);
  std::exit(1);
}

struct Reading {
  std::string_view id;
  double temperature = 0;
  std::int64_t ts = 0;
};

// One row a sensor and second, as the generator source's when it is not paced.
class Readings {
 public:
  explicit Readings(std::int64_t sensors) : sensors_(sensors) {
    char name[32];
    for (std::int64_t i = 0; i < sensors; ++i) {
      std::snprintf(name, sizeof name, "sensor-%05" PRId64, i);
      names_.emplace_back(name);
    }
  }
  Reading at(std::int64_t row) {
    state_ ^= state_ << 13;  // xorshift64, Marsaglia 2003
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return {names_[static_cast<std::size_t>(row % sensors_)],
            15 + static_cast<double>(state_ % 1000) / 100, kStartMs + row * 1000 / sensors_};
  }

 private:
  std::int64_t sensors_;
  std::uint64_t state_ = 88172645463325252;
  std::deque<std::string> names_;
};

class Minutes {
 public:
  explicit Minutes(const char* path) : out_(std::fopen(path, "w")) {
    if (out_ == nullptr) fail("the output cannot be opened");
  }
  ~Minutes() {
    fire();
    std::fclose(out_);
  }
  Minutes(const Minutes&) = delete;
  Minutes& operator=(const Minutes&) = delete;

  void add(const Reading& reading) {
    if (reading.ts >= end_ms_) {
      fire();
      end_ms_ = reading.ts - reading.ts % kMinuteMs + kMinuteMs;
    }
    auto found = sums_.find(reading.id);
    if (found == sums_.end()) {
      found = sums_.emplace(std::string_view(names_.emplace_back(reading.id)), Sum{}).first;
    }
    Sum& sum = found.value();
    ++sum.count;
    sum.total += reading.temperature;
    sum.low = std::min(sum.low, reading.temperature);
    sum.high = std::max(sum.high, reading.temperature);
  }

 private:
  struct Sum {
    std::int64_t count = 0;
    double total = 0;
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
  };
  void fire() {
    for (const auto& [id, sum] : sums_) {
      std::fprintf(out_,
                   "{\"id\":\"%s\",\"window_start\":%" PRId64 ",\"window_end\":%" PRId64
                   ",\"n\":%" PRId64 ",\"total\":%.15g,\"low\":%.15g,\"high\":%.15g}\n",
                   std::string(id).c_str(), end_ms_ - kMinuteMs, end_ms_, sum.count, sum.total,
                   sum.low, sum.high);
    }
    sums_.clear();
    names_.clear();
  }

  std::FILE* out_;
  std::int64_t end_ms_ = std::numeric_limits<std::int64_t>::min();
  tsl::robin_map<std::string_view, Sum> sums_;
  std::deque<std::string> names_;
};

template <class Use>
void read_file(const char* path, Use&& use) {
  simdjson::padded_string text;
  if (simdjson::padded_string::load(path).get(text) != simdjson::SUCCESS) fail("no such file");
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document_stream lines;
  if (parser.iterate_many(text).get(lines) != simdjson::SUCCESS) fail("not JSON lines");
  for (auto line : lines) {
    Reading reading;
    std::string_view place;
    const bool ok = line.find_field("id").get(reading.id) == simdjson::SUCCESS &&
                    line.find_field("temperature").get(reading.temperature) == simdjson::SUCCESS &&
                    line.find_field("ts").get(reading.ts) == simdjson::SUCCESS &&
                    line.find_field("line").get(place) == simdjson::SUCCESS;
    if (!ok) fail("a line is not a reading");
    use(reading);
  }
}

void write_file(std::int64_t rows, std::int64_t sensors, const char* path) {
  std::FILE* const out = std::fopen(path, "w");
  if (out == nullptr) fail("the file cannot be opened");
  Readings readings(sensors);
  for (std::int64_t row = 0; row < rows; ++row) {
    const Reading reading = readings.at(row);
    std::fprintf(out, "{\"id\":\"%s\",\"temperature\":%05.2f,\"ts\":%" PRId64 ",\"line\":\"a\"}\n",
                 std::string(reading.id).c_str(), reading.temperature, reading.ts);
  }
  if (std::fclose(out) != 0) fail("the disk is full");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "generate" && argc == 5) {
    Readings readings(std::atoll(argv[3]));
    Minutes minutes(argv[4]);
    const std::int64_t rows = std::atoll(argv[2]);
    for (std::int64_t row = 0; row < rows; ++row) minutes.add(readings.at(row));
  } else if (mode == "read" && argc == 4) {
    Minutes minutes(argv[3]);
    read_file(argv[2], [&](const Reading& reading) { minutes.add(reading); });
  } else if (mode == "parse" && argc == 3) {
    double total = 0;
    read_file(argv[2], [&](const Reading& reading) { total += reading.temperature; });
    std::printf("%.2f\n", total);
  } else if (mode == "write" && argc == 5) {
    write_file(std::atoll(argv[2]), std::atoll(argv[3]), argv[4]);
  } else {
    fail("usage: generate ROWS SENSORS OUT | read FILE OUT | parse FILE | write ROWS SENSORS FILE");
  }
  return 0;
}
