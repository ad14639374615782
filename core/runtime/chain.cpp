#include "core/runtime/chain.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace leat::runtime {
namespace {

constexpr std::size_t kErrorsOutput = 1;  // of every transform: the row, last its reason

// A sink that failed within a batch has not said what became of the rest: nobody got it.
void close_ledger(ports::SinkLedger& ledger) {
  const std::uint64_t known =
      ledger.forwarded.get() + ledger.errors.get() + ledger.in_outbox.get() + ledger.dropped.get();
  const std::uint64_t emitted = ledger.emitted.get();
  if (known < emitted) ledger.dropped.add(emitted - known);
}

// Says whose error it is.
Result<void> named(const job::NodeSpec& spec, Result<void> result) {
  if (result.ok()) return result;
  return Error(result.error().code(), "sink \"" + spec.name + "\"", result.error());
}

}  // namespace

// Hands an operator's output to the chain.
class Chain::NodeOutput final : public operators::Output {
 public:
  NodeOutput(Chain& chain, Node& node) : chain_(chain), node_(node) {}
  void emit(std::size_t output, data::Batch&& batch) override {
    chain_.send(node_, output, std::move(batch));
  }

 private:
  Chain& chain_;
  Node& node_;
};

Chain::Node& Chain::add(const job::NodeSpec& spec) {
  auto node = std::make_unique<Node>();
  node->spec = &spec;
  node->targets.resize(spec.outputs.size());
  node->sent.resize(spec.outputs.size(), kMinTimestamp);
  nodes_.push_back(std::move(node));
  ++open_nodes_;
  return *nodes_.back();
}

ChainIndex Chain::add_source(const job::NodeSpec& spec) {
  add(spec);
  return nodes_.size() - 1;
}

ChainIndex Chain::add_operator(const job::NodeSpec& spec, std::unique_ptr<operators::Operator> op) {
  add(spec).op = std::move(op);
  return nodes_.size() - 1;
}

ChainIndex Chain::add_sink(const job::NodeSpec& spec, std::unique_ptr<ports::Sink> sink) {
  add(spec).sink = std::move(sink);
  return nodes_.size() - 1;
}

std::size_t Chain::add_input(ChainIndex node, ChainInput input) {
  nodes_[node]->inputs.push_back(std::move(input));
  return nodes_[node]->inputs.size() - 1;
}

void Chain::connect(ChainIndex from, std::size_t output, ChainIndex to, std::size_t channel) {
  LEAT_ASSERT(from < to);
  nodes_[from]->targets[output].push_back({nullptr, to, channel});
}

void Chain::connect(ChainIndex from, std::size_t output, ExchangeWriter* writer) {
  nodes_[from]->targets[output].push_back({writer, 0, 0});
}

void Chain::seal() {
  for (const auto& node : nodes_) {
    if (!node->inputs.empty()) node->merger.emplace(node->inputs.size());
  }
}

void Chain::note(Result<void> result) {
  if (!result.ok() && !error_) error_ = result.error();
}

Result<void> Chain::take_error() {
  if (!error_) return {};
  return *error_;
}

Result<void> Chain::deliver(ChainIndex index, std::size_t channel, Element&& element) {
  Node& node = *nodes_[index];
  if (element.kind == Element::Kind::kBatch) {
    note(deliver_batch(node, channel, std::move(element.batch)));
  } else {
    note(deliver_status(node, channel, element));
  }
  return take_error();
}

Result<void> Chain::emit(ChainIndex index, std::size_t output, data::Batch&& batch) {
  Node& node = *nodes_[index];
  node.watermark.store(batch.last_watermark(), std::memory_order_relaxed);
  send(node, output, std::move(batch));
  return take_error();
}

Result<void> Chain::emit_status(ChainIndex index, Element::Kind kind) {
  send_everywhere(*nodes_[index], Element::of(kind));
  return take_error();
}

Result<void> Chain::emit_end(ChainIndex index, bool final) {
  end_node(*nodes_[index], final);
  return take_error();
}

Result<void> Chain::deliver_batch(Node& node, std::size_t channel, data::Batch&& batch) {
  const TimestampMs before = node.merger->watermark();
  node.merger->merge(channel, batch);
  const bool moved = node.merger->watermark() > before;
  if (!batch.empty() && node.idle) {
    node.idle = false;
    send_everywhere(node, Element::of(Element::Kind::kActive));
  }
  if (batch.empty() && !moved) return {};
  return process(node, channel, std::move(batch));
}

Result<void> Chain::process(Node& node, std::size_t channel, data::Batch&& batch) {
  node.watermark.store(node.merger->watermark(), std::memory_order_relaxed);
  if (node.sink) {
    if (batch.empty()) return {};
    node.sink_ledger.emitted.add(batch.rows());
    unflushed_ = true;
    Result<void> written = named(*node.spec, node.sink->write(batch));
    if (!written.ok()) close_ledger(node.sink_ledger);
    return written;
  }
  NodeOutput output(*this, node);
  return node.op->process(node.inputs[channel].operator_input, std::move(batch), output);
}

Result<void> Chain::deliver_status(Node& node, std::size_t channel, const Element& element) {
  WatermarkMerger::Change change;
  switch (element.kind) {
    case Element::Kind::kIdle:
      change = node.merger->set_idle(channel);
      break;
    case Element::Kind::kActive:
      change = node.merger->set_active(channel);
      break;
    case Element::Kind::kEnd:
      change = node.merger->set_ended(channel, element.final);
      break;
    case Element::Kind::kBatch:
      LEAT_ASSERT(false);
  }
  if (change.active_again && node.idle) {
    node.idle = false;
    send_everywhere(node, Element::of(Element::Kind::kActive));
  }
  if (change.watermark_moved) {
    data::Batch batch(node.inputs[channel].schema);
    batch.watermark_before = node.merger->watermark();
    LEAT_TRY(process(node, channel, std::move(batch)));
  }
  if (change.all_idle) {
    node.idle = true;
    send_everywhere(node, Element::of(Element::Kind::kIdle));
  }
  if (change.ended) {
    if (change.final && node.op) {
      NodeOutput output(*this, node);
      LEAT_TRY(node.op->end_input(output));
    }
    end_node(node, change.final);
  }
  return {};
}

void Chain::end_node(Node& node, bool final) {
  if (node.ended) return;
  node.ended = true;
  --open_nodes_;
  send_everywhere(node, Element::end(final));
}

void Chain::send(Node& node, std::size_t output, data::Batch&& batch) {
  LEAT_ASSERT(output < node.targets.size());
  if (error_) return;
  const TimestampMs watermark = batch.last_watermark();
  if (batch.empty() && watermark <= node.sent[output]) return;
  LEAT_ASSERT(batch.watermark_before >= node.sent[output]);
  node.sent[output] = watermark;
  if (output == kErrorsOutput && node.op && node.spec->on_error == operators::OnError::kFail &&
      !batch.empty()) {
    note(failed_row(node, batch));
    return;
  }
  const std::vector<Target>& targets = node.targets[output];
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool last = i + 1 == targets.size();
    send_element(targets[i], Element::of(last ? std::move(batch) : data::Batch(batch)));
  }
}

// `on_error: fail`: the first bad row ends the job and says which one it was.
Error Chain::failed_row(const Node& node, const data::Batch& errors) const {
  std::string row;
  for (std::size_t i = 0; i + 1 < errors.columns.size(); ++i) {
    if (i > 0) row += ", ";
    row += errors.schema->field(i).name + ": " +
           data::to_json(errors.columns[i].value(0), errors.columns[i].type());
  }
  return invalid("node \"" + node.spec->name + "\" fails on a bad row (on_error: fail): " +
                 std::string(errors.columns.back().text(0)) + " in {" + row + "}");
}

void Chain::send_element(const Target& target, Element&& element) {
  if (target.writer == nullptr) {
    note(deliver(target.node, target.channel, std::move(element)));
    return;
  }
  switch (element.kind) {
    case Element::Kind::kBatch:
      target.writer->write(std::move(element.batch));
      break;
    case Element::Kind::kEnd:
      target.writer->write_end(element.final);
      break;
    case Element::Kind::kIdle:
    case Element::Kind::kActive:
      target.writer->write_status(element.kind);
      break;
  }
}

void Chain::send_everywhere(Node& node, const Element& element) {
  for (const std::vector<Target>& targets : node.targets) {
    for (const Target& target : targets) send_element(target, Element(element));
  }
}

Result<void> Chain::open_sinks(const ports::SinkContext& context) {
  for (const auto& node : nodes_) {
    if (!node->sink) continue;
    ports::SinkContext own = context;
    own.ledger = &node->sink_ledger;
    LEAT_TRY(named(*node->spec, node->sink->open(own)));
  }
  return {};
}

bool Chain::sinks_ready() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return !node->sink || node->sink->ready(); });
}

Result<void> Chain::flush_sinks() {
  unflushed_ = false;
  for (const auto& node : nodes_) {
    if (node->sink) LEAT_TRY(named(*node->spec, node->sink->flush()));
  }
  return {};
}

std::size_t Chain::sinks_in_flight() const {
  std::size_t rows = 0;
  for (const auto& node : nodes_) rows += node->sink ? node->sink->in_flight() : 0;
  return rows;
}

Result<void> Chain::close_sinks() {
  Result<void> first;
  for (const auto& node : nodes_) {
    if (!node->sink) continue;
    Result<void> result = named(*node->spec, node->sink->close());
    if (first.ok() && !result.ok()) first = std::move(result);
  }
  return first;
}

Result<bool> Chain::fire_timers(TimestampMs now_ms) {
  bool fired = false;
  for (const auto& node : nodes_) {
    if (!node->op || node->ended) continue;
    const auto due = node->op->next_processing_time();
    if (!due || *due > now_ms) continue;
    fired = true;
    NodeOutput output(*this, *node);
    note(node->op->on_processing_time(now_ms, output));
    LEAT_TRY(take_error());
  }
  return fired;
}

std::optional<TimestampMs> Chain::next_timer() const {
  std::optional<TimestampMs> next;
  for (const auto& node : nodes_) {
    if (!node->op || node->ended) continue;
    const auto due = node->op->next_processing_time();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

const ports::NodeLedger* Chain::node_ledger(ChainIndex node) const {
  return nodes_[node]->op ? &nodes_[node]->op->ledger() : nullptr;
}

const ports::SinkLedger* Chain::sink_ledger(ChainIndex node) const {
  return nodes_[node]->sink ? &nodes_[node]->sink_ledger : nullptr;
}

void Chain::snapshot(base::ByteWriter& out) const {
  out.varint(nodes_.size());
  for (const auto& node : nodes_) {
    out.text(node->spec->name);
    out.boolean(node->idle);
    for (const TimestampMs sent : node->sent) out.i64(sent);
    if (node->merger) node->merger->snapshot(out);
    if (!node->op) continue;
    base::ByteWriter state;
    node->op->snapshot(state);
    out.text(state.bytes());
  }
}

Result<void> Chain::restore(base::ByteReader& in) {
  if (in.varint() != nodes_.size()) {
    return Error(ErrorCode::kCorrupt, "the state is of another chain of nodes");
  }
  for (const auto& node : nodes_) {
    if (in.text() != node->spec->name) {
      return Error(ErrorCode::kCorrupt, "the state is not of node \"" + node->spec->name + "\"");
    }
    node->idle = in.boolean();
    for (TimestampMs& sent : node->sent) sent = in.i64();
    if (node->merger) {
      LEAT_TRY(node->merger->restore(in));
      node->watermark.store(node->merger->watermark(), std::memory_order_relaxed);
    }
    if (!node->op) continue;
    base::ByteReader state(in.text());
    LEAT_TRY(node->op->restore(state));
  }
  return in.finish("chain");
}

}  // namespace leat::runtime
