// How fast values become bytes and bytes values: the simulator sends several 100,000 small messages a second.
#include <benchmark/benchmark.h>

#include "model/text.h"
#include "wire/codec.h"
#include "wire/journal.h"
#include "wire/message.h"

namespace holdfast::wire {
namespace {

ResourceFact fact(std::uint64_t number) {
  ResourceFact fact;
  fact.state = ResourceState::in_service;
  fact.operation = OperationId{{NodeId{1}, 1700000000, 3}, number};
  fact.for_version = Version{number, NodeId{1}};
  return fact;
}

NodeFacts facts(std::uint32_t node, int resources) {
  NodeFacts facts;
  facts.node = NodeId{node};
  facts.incarnation = 1700000000;
  facts.sequence = 4711;
  for (int i = 0; i < resources; ++i) facts.resources[ResourceName{"resource-" + std::to_string(i)}] = fact(9);
  return facts;
}

Message message(Payload payload) {
  return Message{NodeId{2}, 1700000000, 4711, Epoch{NodeId{1}, 1700000000, 3}, std::move(payload)};
}

Message small(int) { return message(Apply{ResourceChanged{NodeId{2}, 4711, ResourceName{"web-ip"}, fact(17)}}); }
Message alive(int) { return message(Alive{120, false}); }
Message state(int resources) {
  State state;
  state.report.own = facts(2, resources);
  state.report.others = {facts(1, resources)};
  return message(std::move(state));
}

template <Message make(int)>
void encode_message(benchmark::State& bench) {
  const Message m = make(static_cast<int>(bench.range(0)));
  std::size_t bytes = 0;
  for (auto _ : bench) {
    const std::vector<std::string> pieces = encode(m);
    for (const std::string& piece : pieces) bytes += piece.size();
  }
  bench.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations()));
}

template <Message make(int)>
void decode_message(benchmark::State& bench) {
  const std::vector<std::string> pieces = encode(make(static_cast<int>(bench.range(0))));
  Assembler assembler;
  std::size_t bytes = 0;
  for (auto _ : bench) {
    for (const std::string& piece : pieces) {
      benchmark::DoNotOptimize(assembler.add(piece));
      bytes += piece.size();
    }
  }
  bench.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations()));
}

BENCHMARK(encode_message<alive>)->Arg(0);
BENCHMARK(decode_message<alive>)->Arg(0);
BENCHMARK(encode_message<small>)->Arg(0);
BENCHMARK(decode_message<small>)->Arg(0);
BENCHMARK(encode_message<state>)->Arg(10)->Arg(1000);
BENCHMARK(decode_message<state>)->Arg(10)->Arg(1000);

ClusterState cluster(int nodes, int resources) {
  ClusterState state;
  for (std::uint32_t n = 1; n <= static_cast<std::uint32_t>(nodes); ++n) {
    state.members.push_back(NodeId{n});
    state.nodes[NodeId{n}] = {Standing::member, facts(n, resources)};
  }
  return state;
}

void digest_of_state(benchmark::State& bench) {
  const ClusterState state = cluster(static_cast<int>(bench.range(0)), static_cast<int>(bench.range(1)));
  for (auto _ : bench) benchmark::DoNotOptimize(digest_of(state));
}
BENCHMARK(digest_of_state)->Args({2, 5})->Args({32, 1000});

void text_of_state(benchmark::State& bench) {
  const ClusterState state = cluster(static_cast<int>(bench.range(0)), static_cast<int>(bench.range(1)));
  for (auto _ : bench) benchmark::DoNotOptimize(text_of(state));
}
BENCHMARK(text_of_state)->Args({2, 5})->Args({32, 1000});

ClusterState configured(int nodes, int resources) {
  ClusterState state = cluster(nodes, resources);
  ClusterConfig config;
  for (int n = 1; n <= nodes; ++n)
    config.nodes.push_back({NodeId{static_cast<std::uint32_t>(n)}, "alpha", {"10.0.0.1"}});
  for (int r = 0; r < resources; ++r) {
    ResourceConfig& resource = config.resources[ResourceName{"resource-" + std::to_string(r)}];
    resource.name = ResourceName{"resource-" + std::to_string(r)};
    resource.parameters = {{"address", "10.0.0.1/24"}, {"interface", "eth0"}};
  }
  state.config = std::make_shared<const ClusterConfig>(std::move(config));
  return state;
}

/// What the journal costs the loop at one event of a failover.
void journal_an_event(benchmark::State& bench) {
  const ClusterState state = configured(static_cast<int>(bench.range(0)), static_cast<int>(bench.range(1)));
  const Event event = ResourceChanged{NodeId{2}, 4711, ResourceName{"web-ip"}, fact(17)};
  Outcome outcome;
  const Reason reason{"N4", "alpha failed: web-ip is taken over by beta, the next in its list", {}};
  outcome.actions = {RunOperation{{}, NodeId{2}, ResourceName{"web"}, OperationKind::start, {}, reason}};
  outcome.decisions = {Decision{ResourceName{"web"}, NodeId{2}, Severity::notify, 4001, reason}};
  JournalStep step;
  std::size_t bytes = 0;
  for (auto _ : bench) {
    ++step.position.number;
    step.outcome = digest_of(outcome);
    step.state.reset();
    if (step.position.number % digest_stride(*state.config) == 0) step.state = journal_digest(state);
    bytes += encode_step(step, event).size();
  }
  bench.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(journal_an_event)->Args({2, 5})->Args({2, 200})->Args({32, 200});

/// At the begin of a segment.
void journal_a_snapshot(benchmark::State& bench) {
  const ClusterState state = configured(static_cast<int>(bench.range(0)), static_cast<int>(bench.range(1)));
  std::size_t bytes = 0;
  for (auto _ : bench) bytes += encode_snapshot({}, state).size();
  bench.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(journal_a_snapshot)->Args({2, 5})->Args({2, 200})->Args({32, 200});

}  // namespace
}  // namespace holdfast::wire
