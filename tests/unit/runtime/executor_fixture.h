// One executor with doubles around it; "ip" is its only resource.
#pragma once

#include <gtest/gtest.h>

#include "doubles.h"
#include "runtime/executor.h"

namespace holdfast::testing_doubles {

inline const ResourceName ip{"ip"};

struct ExecutorTest : testing::Test {
  std::shared_ptr<ClusterConfig> config = small_cluster(2);
  Scheduler scheduler;
  TestClock clock{scheduler, 1};
  TestAgents agents{scheduler, 1};
  TestLog log;
  runtime::Lines lines{log};
  runtime::FactBook book{NodeId{1}, Digest{}};
  std::vector<Event> told;
  std::unique_ptr<runtime::Executor> executor;

  ExecutorTest() {
    config->resources.erase(ResourceName{"web"});
    config->resources.at(ip).monitor_interval = Millis{1000};
    executor = std::make_unique<runtime::Executor>(*config, NodeId{1}, clock, agents, book, lines,
                                                   [this](const Event& event) { told.push_back(event); });
  }
  RunOperation operation(std::uint64_t number, OperationKind kind) {
    return {OperationId{Epoch{NodeId{1}, 1, 1}, number}, NodeId{1}, ip, kind, Version{5, NodeId{1}}, {}};
  }
  void run(std::int64_t millis) { scheduler.run_for(Millis{millis}); }
  const ResourceFact& fact() { return book.resource(ip); }
  void probe() {
    executor->check_all(OperationKind::probe, Millis{3000}, [] {});
    run(20);
    agents.asked.clear();
    told.clear();
  }
  void bring_up() {
    probe();
    executor->operate(operation(1, OperationKind::start));
    run(20);
    told.clear();
    agents.asked.clear();
  }
};

}  // namespace holdfast::testing_doubles
