#include "transports/formats/json_decoder.h"

#include <simdjson.h>
#include <utility>

#include "transports/formats/bad_records.h"
#include "transports/formats/bound_fields.h"
#include "transports/formats/field_tree.h"
#include "transports/formats/json_rows.h"
#include "transports/formats/json_walk.h"
#include "transports/formats/scan.h"

namespace leat::formats {
namespace {

using ports::BadReason;

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const DecoderConfig& config, std::unique_ptr<const FieldTree> tree,
              std::vector<FieldInfo> fields)
      : max_bytes_(static_cast<std::uint64_t>(config.max_message_bytes)),
        tree_(std::move(tree)),
        rows_(tree_.get(), std::move(fields)),
        walk_(tree_.get(), config.max_depth),
        bound_(config) {}

  void decode(std::string_view payload, const MessageInfo& info, ports::SourceBatch& out) override {
    BadRecords bad(info, out);
    if (payload.size() > max_bytes_) {
      bad.replace(BadReason::kTooLarge, payload, too_large_detail(payload.size(), max_bytes_));
      return;
    }
    const std::vector<Scalar>* bound = nullptr;
    if (!info.bound.empty() && !bound_.convert(payload, info, bad, bound)) return;
    rows_.begin_message(info, bound, out, bad);
    const auto verdict = walk_.walk(buffer_.assign(payload), payload, rows_);
    const bool well_formed = verdict == JsonWalk::Verdict::kWellFormed;
    if (well_formed && !walk_.may_have_non_ascii()) return;
    const bool valid_utf8 = simdjson::validate_utf8(payload.data(), payload.size());
    if (well_formed && valid_utf8) return;
    rows_.roll_back();
    report(verdict, valid_utf8, payload, bad);
  }

 private:
  void report(JsonWalk::Verdict verdict, bool valid_utf8, std::string_view payload,
              BadRecords& bad) const {
    const std::string where = " at byte " + std::to_string(walk_.problem_offset() + 1);
    if (verdict == JsonWalk::Verdict::kTooDeep) {
      bad.replace(BadReason::kTooDeep, payload, walk_.problem() + where);
    } else if (!valid_utf8) {
      bad.replace(BadReason::kInvalidUtf8, payload, "the message is not UTF-8");
    } else {
      bad.replace(BadReason::kMalformed, payload, walk_.problem() + where);
    }
  }

  std::uint64_t max_bytes_;
  std::unique_ptr<const FieldTree> tree_;
  JsonRows rows_;
  JsonWalk walk_;
  BoundFields bound_;
  PaddedText buffer_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderConfig& config) {
  if (config.max_depth < 1 || config.max_depth > kMaxJsonDepth) {
    return base::invalid("the nesting limit is " + std::to_string(config.max_depth) +
                         "; expected 1 to " + std::to_string(kMaxJsonDepth));
  }
  LEAT_TRY_ASSIGN(auto fields, make_field_infos(config));
  LEAT_TRY_ASSIGN(auto tree, make_field_tree(config));
  return std::unique_ptr<Decoder>(std::make_unique<JsonDecoder>(
      config, std::make_unique<const FieldTree>(std::move(tree)), std::move(fields)));
}

}  // namespace leat::formats
