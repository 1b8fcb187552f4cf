// A request of an operator while it is taken up; shared by the files that take requests up.
#pragma once

#include "core/knowledge.h"
#include "core/report.h"

namespace holdfast::core {

struct Asked {
  ClusterState& state;
  const Request& request;
  Outcome& outcome;

  void refuse(std::string why) const { answer(state, outcome, request.id, AnswerKind::refused, std::move(why)); }
  void done(std::string text) const { answer(state, outcome, request.id, AnswerKind::done, std::move(text)); }
  void accepted(std::optional<NodeId> target, Version version, const char* rule, std::string text) const {
    PendingRequest& pending = state.requests[request.id];
    pending.target = target;
    pending.version = version;
    decide(outcome, Message::request_accepted, Severity::notify, target.value_or(NodeId{0}), request.resource,
           {rule, std::move(text), {}});
  }
  std::string name_of(NodeId node) const { return state.config->name_of(node); }
  const std::string& resource() const { return request.resource.value; }
  const Hierarchy& hierarchy() const { return *hierarchy_of(state, request.resource); }
  bool forced() const { return request.force == Force::yes; }
};

// About a resource (requests.cc).
void start(const Asked& asked);
void stop(const Asked& asked);
void move(const Asked& asked);
void resolve(const Asked& asked);

// About a node or the cluster (node_requests.cc).
void leave(const Asked& asked);
void switch_maintenance(const Asked& asked);
void answer_for_lost_node(const Asked& asked);

}  // namespace holdfast::core
