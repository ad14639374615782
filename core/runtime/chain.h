// The nodes of one task and the direct calls between them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/job/graph.h"
#include "core/operators/operator.h"
#include "core/ports/sink.h"
#include "core/runtime/element.h"
#include "core/runtime/exchange_writer.h"
#include "core/runtime/watermark_merger.h"

namespace leat::runtime {

// Index of a node within its chain.
using ChainIndex = std::size_t;

// Where one logical input channel of a node comes from.
struct ChainInput {
  std::size_t operator_input = 0;  // which input of the operator it feeds
  data::SchemaPtr schema;
};

// Used by one thread. Elements go depth first through the chain to its ends: sinks, and the writers
// of exchanges to other tasks. The first error stops everything and is returned.
class Chain {
 public:
  // A node without operator or sink is a source: rows enter by emit().
  ChainIndex add_source(const job::NodeSpec& node);
  ChainIndex add_operator(const job::NodeSpec& node, std::unique_ptr<operators::Operator> op);
  ChainIndex add_sink(const job::NodeSpec& node, std::unique_ptr<ports::Sink> sink);
  // Returns the number of the new logical channel of `node`.
  std::size_t add_input(ChainIndex node, ChainInput input);
  void connect(ChainIndex from, std::size_t output, ChainIndex to, std::size_t channel);
  void connect(ChainIndex from, std::size_t output, ExchangeWriter* writer);
  // After the last add_input and connect.
  void seal();

  Result<void> deliver(ChainIndex node, std::size_t channel, Element&& element);
  // From a source node.
  Result<void> emit(ChainIndex node, std::size_t output, data::Batch&& batch);
  Result<void> emit_status(ChainIndex node, Element::Kind kind);
  Result<void> emit_end(ChainIndex node, bool final);

  Result<void> open_sinks(const ports::SinkContext& context);
  bool sinks_ready() const;
  // Whether a sink was written to since the last flush, by rows or by what a clock made fire.
  bool unflushed() const { return unflushed_; }
  Result<void> flush_sinks();
  std::size_t sinks_in_flight() const;
  Result<void> close_sinks();

  // Calls the operators whose time has come.
  Result<bool> fire_timers(TimestampMs now_ms);
  std::optional<TimestampMs> next_timer() const;

  // True when every node has seen the end of its inputs (sources: emit_end).
  bool ended() const { return open_nodes_ == 0; }

  void snapshot(base::ByteWriter& out) const;
  Result<void> restore(base::ByteReader& in);

  // For whoever shows progress, from any thread.
  std::size_t size() const { return nodes_.size(); }
  const job::NodeSpec& spec(ChainIndex node) const { return *nodes_[node]->spec; }
  const ports::NodeLedger* node_ledger(ChainIndex node) const;
  const ports::SinkLedger* sink_ledger(ChainIndex node) const;
  TimestampMs watermark(ChainIndex node) const {
    return nodes_[node]->watermark.load(std::memory_order_relaxed);
  }

 private:
  struct Target {
    ExchangeWriter* writer = nullptr;  // or, when null:
    ChainIndex node = 0;
    std::size_t channel = 0;
  };
  struct Node {
    const job::NodeSpec* spec = nullptr;
    std::unique_ptr<operators::Operator> op;
    std::unique_ptr<ports::Sink> sink;
    ports::SinkLedger sink_ledger;
    std::vector<ChainInput> inputs;
    std::optional<WatermarkMerger> merger;
    std::vector<std::vector<Target>> targets;  // by output
    std::vector<TimestampMs> sent;             // by output: the last watermark sent on
    std::atomic<TimestampMs> watermark{kMinTimestamp};
    bool idle = false;
    bool ended = false;
  };
  class NodeOutput;

  Node& add(const job::NodeSpec& node);
  Result<void> deliver_batch(Node& node, std::size_t channel, data::Batch&& batch);
  Result<void> deliver_status(Node& node, std::size_t channel, const Element& element);
  Result<void> process(Node& node, std::size_t channel, data::Batch&& batch);
  void send(Node& node, std::size_t output, data::Batch&& batch);
  void send_element(const Target& target, Element&& element);
  void send_everywhere(Node& node, const Element& element);
  void end_node(Node& node, bool final);
  Error failed_row(const Node& node, const data::Batch& errors) const;
  void note(Result<void> result);
  Result<void> take_error();

  std::vector<std::unique_ptr<Node>> nodes_;
  std::size_t open_nodes_ = 0;
  std::optional<Error> error_;
  bool unflushed_ = false;
};

}  // namespace leat::runtime
