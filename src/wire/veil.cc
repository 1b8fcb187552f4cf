#include "wire/veil.h"

#include <algorithm>

namespace holdfast::wire {

void veil(ClusterConfig& config) {
  for (NodeConfig& node : config.nodes)
    for (FenceLevel& level : node.fence)
      for (auto& [name, value] : level.parameters) value = "(hidden)";
  for (NotifyTarget& target : config.notify) {
    target.community = "(hidden)";
    if (!target.url.empty()) target.url = "(hidden)";  // those of chats are secrets themselves
  }
}

namespace {

void hide(Request& request) {
  if (!request.proposal) return;
  veil(request.proposal->config);
  request.proposal->text.clear();
}

void hide(NodeFacts& facts) {
  for (auto& [id, request] : facts.requests) hide(request);
}

bool has_secret(const Request& request) { return request.proposal.has_value(); }

bool has_secret(const NodeFacts& facts) {
  return std::any_of(facts.requests.begin(), facts.requests.end(),
                     [](const auto& entry) { return has_secret(entry.second); });
}

bool has_secret(const MemberReport& report) {
  return has_secret(report.own) || std::any_of(report.others.begin(), report.others.end(),
                                               [](const NodeFacts& facts) { return has_secret(facts); });
}

bool has_secret(const Event& event) {
  if (const auto* asked = std::get_if<Requested>(&event)) return has_secret(asked->request);
  const auto* view = std::get_if<ViewSynced>(&event);
  return view != nullptr && std::any_of(view->reports.begin(), view->reports.end(),
                                        [](const MemberReport& report) { return has_secret(report); });
}

bool has_secret(const ClusterState& state) {
  return std::any_of(state.requests.begin(), state.requests.end(),
                     [](const auto& entry) { return has_secret(entry.second.request); }) ||
         std::any_of(state.nodes.begin(), state.nodes.end(),
                     [](const auto& entry) { return has_secret(entry.second.facts); });
}

}  // namespace

std::optional<Event> veiled(const Event& event) {
  if (!has_secret(event)) return std::nullopt;
  std::optional<Event> copy = event;
  if (auto* asked = std::get_if<Requested>(&*copy)) hide(asked->request);
  if (auto* view = std::get_if<ViewSynced>(&*copy)) {
    for (MemberReport& report : view->reports) {
      hide(report.own);
      for (NodeFacts& facts : report.others) hide(facts);
    }
  }
  return copy;
}

std::optional<ClusterState> veiled(const ClusterState& state) {
  if (!has_secret(state)) return std::nullopt;
  std::optional<ClusterState> copy = state;
  for (auto& [id, pending] : copy->requests) hide(pending.request);
  for (auto& [id, node] : copy->nodes) hide(node.facts);
  return copy;
}

}  // namespace holdfast::wire
