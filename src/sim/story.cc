#include "sim/story.h"

#include <algorithm>
#include <cstdio>

#include "base/format.h"
#include "model/names.h"

namespace holdfast::sim {

Story::Story(const World& world, Print print) : world_(world), print_(print) {
  for (const NodeConfig& n : world.config().nodes) width_ = std::max(width_, n.name.size());
}

void Story::tell(NodeId node, const std::string& what) {
  lines_.push_back(format("{:>9} {:<{}} {}", world_.now().micros / 1000, name(node), width_, what));
  if (print_ == Print::yes) std::puts(lines_.back().c_str());
}

std::string Story::names(const std::vector<NodeId>& nodes) const {
  std::string text;
  for (const NodeId n : nodes) text += (text.empty() ? "" : " ") + name(n);
  return text;
}

/// Everything that is the same on all members is told once, by the view's leader.
void Story::on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) {
  if (const auto* links = std::get_if<LinksChanged>(&event); links != nullptr && links->node == node)
    for (const std::string& line : links_.take(world_.config(), *links)) tell(node, line);
  if (state.epoch.leader != node) return;
  for (const std::string& line : step_lines(world_.config(), event, outcome)) tell(node, line);
}

void Story::on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) {
  if (kind == OperationKind::start || kind == OperationKind::stop)
    tell(node, format("{} {} begins", name_of(kind), resource.value));
}

void Story::on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                             const OperationResult& result) {
  const bool looks = kind == OperationKind::monitor || kind == OperationKind::probe;
  if (looks && result.outcome == OperationOutcome::done && result.observed != ResourceState::failed) return;
  std::string text = format("{} {} {}", name_of(kind), resource.value, name_of(result.outcome));
  if (looks && result.outcome == OperationOutcome::done) text += format(": {}", name_of(result.observed));
  if (result.outcome == OperationOutcome::failed || result.outcome == OperationOutcome::held_elsewhere)
    text += format(": exit {}, {}", result.exit_code, result.text);
  tell(node, text);
}

void Story::on_running(NodeId node, const ResourceName& resource, bool running, const char* why) {
  if (!running && std::string_view(why) == "died") tell(node, resource.value + " died");
}

void Story::on_request(const AskedRequest& asked) {
  tell(asked.origin, format("request {}: {}", asked.number, request_words(world_.config(), asked.request)));
}

void Story::on_answer(const AskedRequest& request, const runtime::Answer& answer) {
  tell(request.origin, format("answer {}: {}: {}", request.number, name_of(answer.kind), answer.text));
}

void Story::on_happening(NodeId node, const std::string& what) { tell(node, what); }

/// Only in a trace: these are details, and the log has its own wording.
void Story::on_log(NodeId node, const LogLine& line) {
  if (print_ == Print::yes)
    tell(node, format("log {}:{}:{}:{}:{:06}:{}", name_of(line.severity), line.module, line.action, line.resource.value,
                      line.message, line.text));
}

void Story::on_ring(NodeId node, const std::vector<NodeId>& members) {
  if (print_ == Print::yes) tell(node, "ring " + names(members));
}

}  // namespace holdfast::sim
