#include "core/config_change.h"

#include <algorithm>

#include "base/format.h"
#include "core/fit_intents.h"
#include "core/hierarchy.h"
#include "core/knowledge.h"
#include "core/report.h"

namespace holdfast::core {

namespace {

constexpr std::size_t most_lineage = 64;

std::string shown(Digest digest) { return format("{:016x}", digest.value); }

ConfigStamp stamp_after(const ConfigStamp& before, Digest digest) {
  ConfigStamp stamp{before.generation + 1, digest, before.lineage};
  stamp.lineage.push_back(before.digest);
  if (stamp.lineage.size() > most_lineage) stamp.lineage.erase(stamp.lineage.begin());
  return stamp;
}

/// A node that was never heard holds nothing and failed nowhere: until it comes it counts as one that left in order.
void fit_nodes(ClusterState& state) {
  std::erase_if(state.nodes, [&](const auto& entry) { return state.config->node(entry.first) == nullptr; });
  std::erase_if(state.members, [&](NodeId node) { return state.config->node(node) == nullptr; });
  for (const NodeConfig& node : state.config->nodes)
    if (const auto [place, added] = state.nodes.try_emplace(node.id); added) {
      place->second.standing = Standing::left;
      place->second.facts.node = node.id;
    }
  std::erase_if(state.switches.nodes, [&](NodeId node) { return state.config->node(node) == nullptr; });
  std::erase_if(state.switches.resources,
                [&](const ResourceName& name) { return !state.config->resources.contains(name); });
}

/// Every member asks the agent anew what is new to it, or is another thing now: until then it is unknown.
void fit_facts(ClusterState& state, const ClusterConfig& before) {
  for (auto& [id, node] : state.nodes) {
    std::erase_if(node.facts.resources,
                  [&](const auto& entry) { return !state.config->resources.contains(entry.first); });
    if (node.standing != Standing::member) continue;
    for (const auto& [name, resource] : state.config->resources)
      if (must_probe(before, resource, id)) node.facts.resources[name] = ResourceFact{};
  }
}

/// G1: what another witness said counts for nothing.
void forget_witnesses(ClusterState& state, const Quorum& before) {
  Quorum now = state.config->quorum;
  now.loss = before.loss;
  if (now == before) return;
  for (auto& [id, node] : state.nodes) node.facts.witness.reset();
}

void end_requests(ClusterState& state, Outcome& outcome) {
  std::vector<RequestId> gone;
  for (const auto& [id, pending] : state.requests) {
    const Request& request = pending.request;
    const bool resource = !request.resource.value.empty() && !state.config->resources.contains(request.resource);
    const bool node = request.node && state.config->node(*request.node) == nullptr;
    if (request.kind != RequestKind::apply && (resource || node)) gone.push_back(id);
  }
  for (const RequestId& id : gone)
    answer(state, outcome, id, AnswerKind::failed, "what it is about was removed from the configuration meanwhile");
}

void announce(const ClusterState& state, const ClusterState& before, const ClusterConfig& next, Outcome& outcome) {
  decide(outcome, Message::configuration_changed, Severity::notify, NodeId{0}, {},
         {"O7",
          format("configuration {} ({}) replaces {}", state.stamp.generation, shown(state.stamp.digest),
                 shown(before.stamp.digest)),
          {}});
  for (const auto& [name, resource] : before.config->resources) {
    if (next.resources.contains(name)) continue;
    for (const auto& [id, node] : before.nodes)
      if (node.facts.resources.contains(name) && may_hold(before, id, name))
        decide(outcome, Message::no_longer_protected, Severity::warning, id, name,
               {"O7",
                format("{} is no longer configured: it goes on running on {} and is not protected any more", name.value,
                       before.config->name_of(id)),
                {}});
  }
}

/// V9: on the side of a split that has no majority, two operators could change two ways (B8).
bool has_majority(const ClusterState& state) { return state.members.size() * 2 > state.config->nodes.size(); }

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
  return text;
}

bool stored_by_all(const ClusterState& state) {
  return std::all_of(state.members.begin(), state.members.end(),
                     [&](NodeId node) { return state.nodes.at(node).facts.config == state.stamp.digest; });
}

std::map<ResourceName, NodeId> wanted_in(const ClusterState& state) {
  std::map<ResourceName, NodeId> wanted;
  for (const auto& [key, intent] : state.intents)
    for (const auto& [name, attempt] : intent.wanted) wanted.emplace(name, *intent.home);
  return wanted;
}

std::string words_of_dropped(const ResourceName& name, const std::string& node) {
  return format(
      "{} was wanted on {}, where it may not run any more: it comes up nowhere by itself; bring it up "
      "elsewhere: holdfast resource start {} --on NODE",
      name.value, node, name.value);
}

/// Gives what is wanted no more, though it is configured, and where it was.
std::map<ResourceName, NodeId> replace(ClusterState& state, const ClusterConfig& config, ConfigStamp stamp) {
  const auto config_before = state.config;
  std::map<ResourceName, NodeId> dropped = wanted_in(state);
  state.config = std::make_shared<const ClusterConfig>(config);
  state.hierarchies = std::make_shared<const Hierarchies>(hierarchies_of(*state.config));
  state.stamp = std::move(stamp);
  fit_nodes(state);
  fit_facts(state, *config_before);
  forget_witnesses(state, config_before->quorum);
  state.intents = fit_intents(state.intents, *state.config, *state.hierarchies);
  const std::map<ResourceName, NodeId> still = wanted_in(state);
  std::erase_if(dropped, [&](const auto& entry) {
    return still.contains(entry.first) || !state.config->resources.contains(entry.first);
  });
  return dropped;
}

}  // namespace

bool must_probe(const ClusterConfig& before, const ResourceConfig& resource, NodeId node) {
  if (!runs_on(resource, node)) return false;
  const auto old = before.resources.find(resource.name);
  return old == before.resources.end() || !runs_on(old->second, node) || old->second.agent != resource.agent ||
         old->second.parameters != resource.parameters;
}

void adopt(ClusterState& state, const ConfigProposal& proposal, Outcome& outcome) {
  const ClusterState before = state;
  const auto dropped = replace(state, proposal.config, stamp_after(before.stamp, proposal.digest));
  end_requests(state, outcome);
  announce(state, before, *state.config, outcome);
  for (const auto& [name, node] : dropped)
    decide(outcome, Message::no_longer_wanted, Severity::warning, node, name,
           {"O7", words_of_dropped(name, before.config->name_of(node)), {}});
  outcome.actions.push_back(AdoptConfiguration{state.stamp, proposal.text});
}

std::vector<std::pair<ResourceName, std::string>> take_offered(ClusterState& state, const ClusterConfig& config,
                                                               const ConfigStamp& stamp) {
  const auto before = state.config;
  std::vector<std::pair<ResourceName, std::string>> lines;
  for (const auto& [name, node] : replace(state, config, stamp))
    lines.emplace_back(name, words_of_dropped(name, before->name_of(node)));
  return lines;
}

void accept_apply(ClusterState& state, const Request& request, Outcome& outcome) {
  const auto end = [&](AnswerKind kind, std::string text) {
    answer(state, outcome, request.id, kind, std::move(text));
  };
  if (!request.proposal) return end(AnswerKind::refused, "there is no configuration in this request");
  const ConfigProposal& proposal = *request.proposal;
  const bool waits = std::any_of(state.requests.begin(), state.requests.end(), [&](const auto& entry) {
    return entry.first != request.id && entry.second.request.kind == RequestKind::apply;
  });
  state.requests[request.id] = PendingRequest{request, std::nullopt, {}};
  if (proposal.digest == state.stamp.digest) return follow_up_apply(state, outcome);
  if (state.feature_level < 2)
    return end(AnswerKind::refused, "a node of the view runs an older build; upgrade it first");
  if (waits) return end(AnswerKind::refused, "another configuration is being stored just now; plan again");
  if (proposal.base != state.stamp.digest)
    return end(AnswerKind::refused, format("out of date: it was planned against configuration {}, and the cluster has "
                                           "{} (generation {}); plan again",
                                           shown(proposal.base), shown(state.stamp.digest), state.stamp.generation));
  if (!has_majority(state) && request.force == Force::no)
    return end(AnswerKind::refused, format("only {} of {} nodes are here, and the others may be changed, too: of two "
                                           "configurations one is put aside later; --force does it all the same",
                                           state.members.size(), state.config->nodes.size()));
  if (const auto reasons = why_refused(state, proposal.config); !reasons.empty())
    return end(AnswerKind::refused, joined(reasons));
  adopt(state, proposal, outcome);
}

void follow_up_apply(ClusterState& state, Outcome& outcome) {
  if (!stored_by_all(state)) return;
  std::vector<RequestId> ended;
  for (const auto& [id, pending] : state.requests)
    if (pending.request.kind == RequestKind::apply && pending.request.proposal &&
        pending.request.proposal->digest == state.stamp.digest)
      ended.push_back(id);
  for (const RequestId& id : ended)
    answer(state, outcome, id, AnswerKind::done,
           format("configuration {} ({}) is in use on every node of the view", state.stamp.generation,
                  shown(state.stamp.digest)));
}

ConfigStamp newest_stamp(const ViewSynced& view) {
  ConfigStamp newest;
  for (const MemberReport& report : view.reports)
    if (newest.digest == Digest{} || report.stamp.generation > newest.generation) newest = report.stamp;
  return newest;
}

}  // namespace holdfast::core
