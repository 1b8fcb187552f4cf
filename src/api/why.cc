#include "api/why.h"

#include <algorithm>
#include <array>

#include "base/format.h"

namespace holdfast::api {
namespace {

// Of the message catalogue (docs/messages.md): said for the record, they are no reason for anything.
constexpr std::uint32_t message_request_answered = 4031;
constexpr std::uint32_t message_switchback_waits = 4034;
constexpr std::uint32_t message_operation = 4050;

/// What is decided for a whole hierarchy and stands under one of its resources only: failover, its limits,
/// shutdown, switchback, adoption, start at boot.
constexpr std::array<std::uint32_t, 8> hierarchy_messages{4025, 4026, 4027, 4033, 4034, 4035, 4040, 4042};

bool concerns(const Status& status, const std::string& resource, const DecisionRecord& decision) {
  if (decision.resource == resource) return true;
  const bool whole =
      std::find(hierarchy_messages.begin(), hierarchy_messages.end(), decision.message) != hierarchy_messages.end();
  return whole && std::any_of(status.hierarchies.begin(), status.hierarchies.end(), [&](const HierarchyStatus& h) {
           const auto has = [&](const std::string& name) {
             return std::find(h.resources.begin(), h.resources.end(), name) != h.resources.end();
           };
           return has(resource) && has(decision.resource);
         });
}

std::vector<std::string> nodes_where(const ResourceStatus& resource, bool (*wanted)(StateShown)) {
  std::vector<std::string> found;
  for (const std::string& node : resource.nodes)
    if (const auto state = resource.states.find(node); state != resource.states.end() && wanted(state->second))
      found.push_back(node);
  return found;
}

bool is_failed(StateShown state) { return state == StateShown::failed; }
bool is_on_the_way(StateShown state) {
  return state == StateShown::starting || state == StateShown::stopping || state == StateShown::recovering;
}

std::string cause_of(const ResourceStatus& resource, const std::string& node) {
  const auto text = resource.text.find(node);
  return text == resource.text.end() ? std::string() : ": " + text->second;
}

std::string twice(const ResourceStatus& resource, const std::vector<std::string>& serving) {
  return format(
      "{0} is in service on {1} at once (B4): holdfast split plan shows the choice, and: holdfast split resolve "
      "{0} --keep {2}",
      resource.name, fmt::join(serving, " and "), fmt::join(serving, "|"));
}

/// What keeps it down where it is wanted.
std::string missing(const Status& status, const ResourceStatus& resource, const std::string& home) {
  if (const NodeStatus* node = status.find_node(home); node != nullptr && node->state != NodeShown::online)
    return format("{} is not in service: it is wanted on {}, and that node is {}", resource.name, home,
                  word(node->state));
  for (const std::string& below : resource.depends_on) {
    const ResourceStatus* needed = status.resource(below);
    if (needed == nullptr) continue;
    const auto state = needed->states.find(home);
    if (state == needed->states.end() || serves(state->second)) continue;
    return format("{} is not in service: it depends on {}, which is {} on {}", resource.name, below,
                  word(state->second), home);
  }
  const auto state = resource.states.find(home);
  return format("{} is not in service: it is wanted on {} and is {} there{}", resource.name, home,
                state == resource.states.end() ? "unknown" : word(state->second), cause_of(resource, home));
}

const DecisionRecord* last_reason(const Status& status, const std::string& resource,
                                  const std::vector<DecisionRecord>& decisions) {
  for (auto d = decisions.rbegin(); d != decisions.rend(); ++d)
    if (d->message != message_request_answered && d->message != message_operation &&
        d->message != message_switchback_waits && concerns(status, resource, *d))
      return &*d;
  return nullptr;
}

std::string because(const DecisionRecord* reason) {
  return reason == nullptr ? std::string() : format(" because: {} {}", reason->rule, reason->text);
}

/// "; not alpha: it failed": every node that was not chosen (V3).
std::string not_chosen(const ResourceStatus& resource, const DecisionRecord* reason, const std::string& serving) {
  std::string text;
  std::vector<std::string> told{serving};
  if (reason != nullptr)
    for (const RejectedNode& rejected : reason->rejected) {
      if (rejected.node == serving) continue;
      text += format("; not {}: {}", rejected.node, rejected.why);
      told.push_back(rejected.node);
    }
  for (const std::string& node : nodes_where(resource, is_failed))
    if (std::find(told.begin(), told.end(), node) == told.end())
      text += format("; not {}: failed there{}", node, cause_of(resource, node));
  return text;
}

}  // namespace

std::vector<DecisionRecord> decisions_about(const Status& status, const std::string& resource,
                                            const std::vector<DecisionRecord>& decisions) {
  const ResourceStatus* found = status.resource(resource);
  std::vector<DecisionRecord> about;
  for (const DecisionRecord& d : decisions) {
    const bool its_node = found == nullptr || d.node.empty() ||
                          std::find(found->nodes.begin(), found->nodes.end(), d.node) != found->nodes.end();
    if (concerns(status, resource, d) || (d.resource.empty() && its_node)) about.push_back(d);
  }
  return about;
}

std::string why_sentence(const Status& status, const ResourceStatus& resource,
                         const std::vector<DecisionRecord>& decisions) {
  const std::vector<std::string> serving = nodes_where(resource, serves);
  const DecisionRecord* reason = last_reason(status, resource.name, decisions);
  if (serving.size() > 1) return twice(resource, serving);
  if (serving.size() == 1) {
    const bool unprotected = resource.states.at(serving.front()) == StateShown::unprotected;
    return format("{} is in service on {}{}{}{}", resource.name, serving.front(),
                  unprotected ? " (unprotected: no other node could take it over now)" : "", because(reason),
                  not_chosen(resource, reason, serving.front()));
  }
  if (const auto moving = nodes_where(resource, is_on_the_way); !moving.empty())
    return format("{} is {} on {}{}{}", resource.name, word(resource.states.at(moving.front())), moving.front(),
                  because(reason), not_chosen(resource, reason, moving.front()));
  std::string text = note_on(status, resource);
  if (text.empty()) text = format("{} is out of service: it is wanted nowhere", resource.name);
  return text + because(reason);
}

std::string note_on(const Status& status, const ResourceStatus& resource) {
  const std::vector<std::string> serving = nodes_where(resource, serves);
  if (serving.size() > 1) return twice(resource, serving);
  std::string failures;
  for (const std::string& node : nodes_where(resource, is_failed))
    failures += format("{} on {}{}", failures.empty() ? "failed" : "; failed", node, cause_of(resource, node));
  if (serving.size() == 1 || !nodes_where(resource, is_on_the_way).empty())
    return failures.empty() ? std::string() : format("{} {}", resource.name, failures);
  if (!failures.empty()) return format("{} is not in service: it {}", resource.name, failures);
  return resource.wanted_on ? missing(status, resource, *resource.wanted_on) : std::string();
}

}  // namespace holdfast::api
