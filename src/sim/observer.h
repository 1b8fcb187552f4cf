// What can be seen of a simulated cluster from outside: for the story, the expectations and the invariants.
#pragma once

#include <string>

#include "model/state.h"
#include "ports/agent_runner.h"
#include "ports/log_sink.h"
#include "runtime/node.h"

namespace holdfast::sim {

/// One request of a simulated operator, in the order of asking.
struct AskedRequest {
  std::size_t number = 0;
  Request request;
  NodeId origin;  ///< whose daemon was asked; 0: none answered
};

/// All calls come at the simulated moment of what they tell. Override what is needed.
class WorldObserver {
 public:
  virtual ~WorldObserver() = default;
  virtual void on_step(NodeId, const Event&, const Outcome&, const ClusterState&) {}
  virtual void on_operation_begin(NodeId, const ResourceName&, OperationKind) {}
  virtual void on_operation_end(NodeId, const ResourceName&, OperationKind, const OperationResult&) {}
  virtual void on_running(NodeId, const ResourceName&, bool /*running*/, const char* /*why*/) {}
  virtual void on_ring(NodeId, const std::vector<NodeId>& /*members*/) {}
  virtual void on_request(const AskedRequest&) {}
  virtual void on_answer(const AskedRequest&, const runtime::Answer&) {}
  virtual void on_log(NodeId, const LogLine&) {}
  /// Something was done to the cluster from outside, or a daemon or machine started or ended.
  virtual void on_happening(NodeId, const std::string& /*what*/) {}
};

}  // namespace holdfast::sim
