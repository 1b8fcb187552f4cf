#include "core/report.h"

#include "base/format.h"

namespace holdfast::core {

void decide(Outcome& outcome, Message message, Severity severity, NodeId node, const ResourceName& resource,
            Reason reason) {
  outcome.decisions.push_back({resource, node, severity, static_cast<std::uint32_t>(message), std::move(reason)});
}

void answer(ClusterState& state, Outcome& outcome, const RequestId& request, AnswerKind kind, std::string text) {
  const auto pending = state.requests.find(request);
  const ResourceName resource = pending == state.requests.end() ? ResourceName{} : pending->second.request.resource;
  const char* word = kind == AnswerKind::done ? "done" : kind == AnswerKind::failed ? "failed" : "refused";
  const Severity severity = kind == AnswerKind::done ? Severity::notify : Severity::warning;
  decide(outcome, Message::request_answered, severity, request.origin, resource,
         {"O2", format("request {}: {}", word, text), {}});
  state.requests.erase(request);
  outcome.actions.push_back(AnswerRequest{request, kind, std::move(text)});
}

}  // namespace holdfast::core
