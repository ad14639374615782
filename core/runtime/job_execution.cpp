#include "core/runtime/job_execution.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/assert.h"

namespace leat::runtime {

struct JobExecution::Builder {
  const job::JobGraph& graph;
  const job::ExecutionPlan& plan;
  NodeFactory& factory;
  const env::Clock& clock;
  const std::vector<env::Waker*>& wakers;
  const Options& options;
  JobExecution& execution;
  // By (node, subtask).
  std::map<std::pair<std::size_t, std::size_t>, std::pair<Task*, ChainIndex>> placed;

  Result<void> build() {
    execution.graph_ = &graph;
    execution.by_slot_.resize(plan.slots);
    for (const job::PlanVertex& vertex : plan.vertices) {
      for (std::int64_t subtask = 0; subtask < vertex.parallelism; ++subtask) {
        LEAT_TRY(add_task(vertex, static_cast<std::size_t>(subtask)));
      }
    }
    for (const job::PlanEdge& edge : plan.edges) {
      if (edge.exchange == job::Exchange::kForward &&
          plan.vertex_of[edge.from] == plan.vertex_of[edge.to]) {
        connect_inside(edge);
      } else {
        connect_across(edge);
      }
    }
    return {};
  }

  std::size_t parallelism(std::size_t node) const {
    return static_cast<std::size_t>(plan.parallelism[node]);
  }

  ChainInput input_of(const job::PlanEdge& edge) const {
    return {edge.input, graph.nodes[edge.from].outputs[edge.output].schema};
  }

  Result<void> add_task(const job::PlanVertex& vertex, std::size_t subtask) {
    execution.tasks_.push_back(std::make_unique<Task>(clock, *wakers[subtask], options.task));
    Task& task = *execution.tasks_.back();
    execution.by_slot_[subtask].push_back(&task);
    for (const std::size_t index : vertex.nodes) {
      Result<ChainIndex> node = add_node(task, graph.nodes[index], subtask);
      if (!node.ok()) {
        return Error(node.error().code(), "node \"" + graph.nodes[index].name + "\"", node.error());
      }
      placed[{index, subtask}] = {&task, *node};
    }
    return {};
  }

  Result<ChainIndex> add_node(Task& task, const job::NodeSpec& node, std::size_t subtask) {
    std::vector<data::SchemaPtr> inputs;
    for (const job::InputRef& input : node.inputs) {
      inputs.push_back(graph.nodes[input.node].outputs[input.output].schema);
    }
    if (node.role == job::Role::kSource) {
      LEAT_TRY_ASSIGN(auto source, factory.make_source(node, static_cast<std::int64_t>(subtask)));
      const ChainIndex index = task.chain().add_source(node);
      const auto in_graph = static_cast<std::size_t>(&node - graph.nodes.data());
      task.add_source(index, node, std::move(source), plan.row_by_row[in_graph]);
      return index;
    }
    if (node.role == job::Role::kSink) {
      LEAT_TRY_ASSIGN(auto sink, factory.make_sink(node, inputs.front()));
      return task.chain().add_sink(node, std::move(sink));
    }
    LEAT_TRY_ASSIGN(auto op, factory.make_operator(node, inputs));
    return task.chain().add_operator(node, std::move(op));
  }

  void connect_inside(const job::PlanEdge& edge) {
    for (std::size_t subtask = 0; subtask < parallelism(edge.to); ++subtask) {
      const auto [task, to] = placed.at({edge.to, subtask});
      const std::size_t channel = task->chain().add_input(to, input_of(edge));
      task->chain().connect(placed.at({edge.from, subtask}).second, edge.output, to, channel);
    }
  }

  void connect_across(const job::PlanEdge& edge) {
    const std::size_t senders = parallelism(edge.from);
    const std::size_t receivers = parallelism(edge.to);
    const bool one_to_one = edge.exchange == job::Exchange::kForward;
    // rings[sender][receiver]
    std::vector<std::vector<Channel*>> rings(senders);
    for (std::size_t sender = 0; sender < senders; ++sender) {
      for (std::size_t receiver = 0; receiver < receivers; ++receiver) {
        if (one_to_one && sender != receiver) continue;
        execution.channels_.push_back(
            std::make_unique<Channel>(options.ring_elements, *wakers[sender], *wakers[receiver]));
        rings[sender].push_back(execution.channels_.back().get());
      }
    }
    for (std::size_t sender = 0; sender < senders; ++sender) {
      const auto [task, from] = placed.at({edge.from, sender});
      ExchangeWriter* writer =
          task->add_writer(edge, rings[sender], job::key_of(graph.nodes[edge.to]));
      task->chain().connect(from, edge.output, writer);
    }
    for (std::size_t receiver = 0; receiver < receivers; ++receiver) {
      const auto [task, to] = placed.at({edge.to, receiver});
      std::vector<Channel*> incoming;
      for (std::size_t sender = 0; sender < senders; ++sender) {
        if (one_to_one && sender != receiver) continue;
        incoming.push_back(rings[sender][one_to_one ? 0 : receiver]);
      }
      const std::size_t channels = edge.ordered ? 1 : incoming.size();
      std::size_t first = 0;
      for (std::size_t i = 0; i < channels; ++i) {
        const std::size_t channel = task->chain().add_input(to, input_of(edge));
        if (i == 0) first = channel;
      }
      task->add_input(to, first, std::move(incoming), edge.ordered);
    }
  }
};

Result<std::unique_ptr<JobExecution>> JobExecution::build(
    const job::JobGraph& graph, const job::ExecutionPlan& plan, NodeFactory& factory,
    const env::Clock& clock, const std::vector<env::Waker*>& wakers, const Options& options) {
  LEAT_ASSERT(wakers.size() >= plan.slots);
  std::unique_ptr<JobExecution> execution(new JobExecution());
  Builder builder{graph, plan, factory, clock, wakers, options, *execution, {}};
  LEAT_TRY(builder.build());
  return execution;
}

Result<void> JobExecution::open() {
  for (const auto& task : tasks_) LEAT_TRY(task->open_sinks());
  for (const auto& task : tasks_) LEAT_TRY(task->open_sources());
  return {};
}

void JobExecution::request_stop() {
  for (const auto& task : tasks_) task->request_stop();
}

namespace {

void add(base::Counter& sum, const base::Counter& term) { sum.add(term.get()); }

void add_source(ports::SourceLedger& sum, const ports::SourceLedger& term) {
  add(sum.received, term.received);
  add(sum.accepted, term.accepted);
  add(sum.rejected, term.rejected);
  add(sum.malformed, term.malformed);
  add(sum.duplicate, term.duplicate);
  add(sum.shed, term.shed);
  add(sum.in_flight, term.in_flight);
}

void add_node(ports::NodeLedger& sum, const ports::NodeLedger& term) {
  add(sum.in, term.in);
  add(sum.used, term.used);
  add(sum.filtered, term.filtered);
  add(sum.late, term.late);
  add(sum.errors, term.errors);
  add(sum.in_flight, term.in_flight);
  add(sum.out, term.out);
}

void add_sink(ports::SinkLedger& sum, const ports::SinkLedger& term) {
  add(sum.emitted, term.emitted);
  add(sum.forwarded, term.forwarded);
  add(sum.errors, term.errors);
  add(sum.in_outbox, term.in_outbox);
  add(sum.dropped, term.dropped);
}

}  // namespace

std::vector<NodeStatus> JobExecution::status() const {
  std::vector<NodeStatus> statuses(graph_->nodes.size());
  std::vector<bool> seen(statuses.size(), false);
  for (std::size_t i = 0; i < statuses.size(); ++i) statuses[i].spec = &graph_->nodes[i];
  for (const auto& task : tasks_) {
    const Chain& chain = std::as_const(*task).chain();
    for (ChainIndex node = 0; node < chain.size(); ++node) {
      const auto index = static_cast<std::size_t>(&chain.spec(node) - graph_->nodes.data());
      NodeStatus& status = statuses[index];
      const TimestampMs watermark = chain.watermark(node);
      status.watermark = seen[index] ? std::min(status.watermark, watermark) : watermark;
      seen[index] = true;
      if (const auto* ledger = chain.node_ledger(node)) add_node(status.node, *ledger);
      if (const auto* ledger = chain.sink_ledger(node)) add_sink(status.sink, *ledger);
    }
    for (const auto& source : task->sources()) {
      const auto index =
          static_cast<std::size_t>(&chain.spec(source->node()) - graph_->nodes.data());
      NodeStatus& status = statuses[index];
      add_source(status.source, source->ledger());
      for (std::size_t i = 0; i < ports::kBadReasons; ++i) {
        add(status.bad[i], source->stage().bad(static_cast<ports::BadReason>(i)));
      }
      add(status.topic_differences, source->stage().topic_differences());
    }
  }
  return statuses;
}

void JobExecution::snapshot(base::ByteWriter& out) const {
  for (const auto& task : tasks_) task->snapshot(out);
}

Result<void> JobExecution::restore(base::ByteReader& in) {
  for (const auto& task : tasks_) LEAT_TRY(task->restore(in));
  return {};
}

}  // namespace leat::runtime
