// How long the core takes to decide on a change: 1000 resources in 100 hierarchies on 32 nodes.
#include <benchmark/benchmark.h>

#include "core/step.h"

namespace holdfast::core {
namespace {

constexpr std::uint32_t node_count = 32;
constexpr int hierarchy_count = 100;
constexpr int stack_height = 10;

std::shared_ptr<const ClusterConfig> big_config() {
  ClusterConfig config;
  for (std::uint32_t i = 1; i <= node_count; ++i) config.nodes.push_back({NodeId{i}, "node" + std::to_string(i), {}});
  for (int h = 0; h < hierarchy_count; ++h)
    for (int i = 0; i < stack_height; ++i) {
      ResourceConfig resource;
      resource.name = ResourceName{"service" + std::to_string(h) + "-part" + std::to_string(i)};
      resource.agent = "process";
      if (i > 0)
        resource.depends_on.push_back(ResourceName{"service" + std::to_string(h) + "-part" + std::to_string(i - 1)});
      for (const NodeConfig& node : config.nodes) resource.nodes.push_back(node.id);
      config.resources[resource.name] = resource;
    }
  return std::make_shared<const ClusterConfig>(std::move(config));
}

/// Everything is in service on node 1, all nodes are members.
ClusterState busy_state() {
  ClusterState state = initial_state(big_config());
  ViewSynced view{{NodeId{1}, 1, 1}, {}, {}, {}};
  for (std::uint32_t i = 1; i <= node_count; ++i) {
    view.members.push_back(NodeId{i});
    NodeFacts own;
    own.node = NodeId{i};
    own.incarnation = 1;
    for (const auto& [name, resource] : state.config->resources)
      own.resources[name].state = i == 1 ? ResourceState::in_service : ResourceState::out_of_service;
    view.reports.push_back(make_report(state, std::move(own)));
  }
  step(state, view);
  return state;
}

ViewSynced node_one_died(const ClusterState& state) {
  ViewSynced view{{NodeId{2}, 1, 2}, {}, {{NodeId{1}, Absence::no_answer}}, {}};
  for (std::uint32_t i = 2; i <= node_count; ++i) {
    view.members.push_back(NodeId{i});
    view.reports.push_back(make_report(state, state.nodes.at(NodeId{i}).facts));
    view.reports.back().absent = view.absent;
  }
  return view;
}

void BM_NodeFailure(benchmark::State& bench) {
  const ClusterState before = busy_state();
  const ViewSynced event = node_one_died(before);
  for (auto unused : bench) {
    bench.PauseTiming();
    ClusterState state = before;
    bench.ResumeTiming();
    Outcome outcome = step(state, event);
    benchmark::DoNotOptimize(outcome);
    bench.PauseTiming();
    if (outcome.actions.size() != hierarchy_count) bench.SkipWithError("expected one start per hierarchy");
    outcome = {};
    state = {};
    bench.ResumeTiming();
  }
}
BENCHMARK(BM_NodeFailure)->Unit(benchmark::kMillisecond);

void BM_ResultOfAnOperation(benchmark::State& bench) {
  ClusterState state = busy_state();
  step(state, node_one_died(state));
  std::uint64_t sequence = 0;
  ResourceFact fact;
  fact.state = ResourceState::in_service;
  for (auto unused : bench) {
    Outcome outcome = step(state, ResourceChanged{NodeId{2}, ++sequence, ResourceName{"service5-part0"}, fact});
    benchmark::DoNotOptimize(outcome);
  }
}
BENCHMARK(BM_ResultOfAnOperation)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace holdfast::core
