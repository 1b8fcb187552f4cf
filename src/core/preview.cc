#include "core/preview.h"

#include <deque>

#include "core/report.h"
#include "core/step.h"

namespace holdfast::core {

namespace {

constexpr std::size_t enough = 10'000;  ///< operations: a defect must not keep the daemon's loop (E3)

/// The run of one request to its end, every operation done as soon as it is ordered.
class Rehearsal {
 public:
  explicit Rehearsal(ClusterState state) : state_(std::move(state)) {}

  Preview run(const Request& request) {
    take(step(state_, Requested{request}, state_.now), request.id);
    while (!due_.empty() && preview_.operations.size() < enough) {
      const RunOperation operation = due_.front();
      due_.pop_front();
      take(step(state_, succeeded(operation), state_.now), request.id);
    }
    return std::move(preview_);
  }

 private:
  void take(const Outcome& outcome, const RequestId& id) {
    for (const Decision& decision : outcome.decisions) {
      const auto message = static_cast<Message>(decision.message);
      if (message != Message::operation && message != Message::request_answered) preview_.decisions.push_back(decision);
    }
    for (const Action& action : outcome.actions) {
      if (const auto* operation = std::get_if<RunOperation>(&action)) {
        preview_.operations.push_back(*operation);
        due_.push_back(*operation);
      } else if (const auto* answer = std::get_if<AnswerRequest>(&action)) {
        if (answer->request == id && answer->kind != AnswerKind::done) preview_.refused = answer->text;
      }
    }
  }

  ResourceChanged succeeded(const RunOperation& operation) const {
    const NodeFacts& facts = state_.nodes.at(operation.node).facts;
    ResourceFact fact;
    fact.state = operation.kind == OperationKind::stop ? ResourceState::out_of_service : ResourceState::in_service;
    fact.operation = operation.id;
    fact.for_version = operation.for_version;
    return {operation.node, facts.sequence + 1, operation.resource, fact};
  }

  ClusterState state_;
  Preview preview_;
  std::deque<RunOperation> due_;
};

}  // namespace

Preview preview(ClusterState state, Request request) {
  request.id = RequestId{};
  return Rehearsal(std::move(state)).run(request);
}

}  // namespace holdfast::core
