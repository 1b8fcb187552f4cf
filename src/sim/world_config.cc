// The configuration of the simulated cluster while it runs (O7, V9).
#include <algorithm>

#include "base/format.h"
#include "runtime/config_agreement.h"
#include "sim/config_mistakes.h"
#include "sim/world.h"
#include "wire/codec.h"

namespace holdfast::sim {

/// The file's text is a name for what stands in it.
std::string World::file_of(const std::shared_ptr<const ClusterConfig>& config) {
  const std::string text = format("configuration {:016x}", wire::digest_of(*config).value);
  files_[text] = config;
  return text;
}

/// A machine that is new, or was removed before, gets a copy of the others' file. One that was away asks whom it
/// reaches (daemon/catch_up.h).
std::shared_ptr<const ClusterConfig> World::config_for(NodeId node) {
  Machine& m = machine(node);
  const auto lists_it = [&](const Machine& some) {
    return !some.disk.config.empty() && files_.at(some.disk.config)->node(node) != nullptr;
  };
  if (lists_it(m)) {
    const ConfigStamp kept = m.disk.kept ? m.disk.kept->stamp : ConfigStamp{};
    const ConfigStamp own = runtime::stamp_of_file(kept, wire::digest_of(*files_.at(m.disk.config)));
    if (const auto later = later_config(node, own); later && later->second.config.node(node) != nullptr) {
      const ClusterConfig before = *files_.at(m.disk.config);
      m.disk.config = later->second.text;
      if (!m.disk.kept) m.disk.kept.emplace();
      runtime::take_later(*m.disk.kept, later->second.stamp, before, later->second.config, node);
    }
  } else {
    for (const Machine& other : machines_)
      if (&other != &m && other.daemon && lists_it(other)) m.disk.config = other.disk.config;
  }
  if (m.disk.config.empty()) m.disk.config = file_of(settings_.config);
  return files_.at(m.disk.config);
}

void World::apply(const ConfigOrder& order) {
  AskedRequest asked{++asked_, {}, NodeId{0}};
  asked.request.kind = RequestKind::apply;
  asked.request.force = order.force;
  const auto at = order.at.value != 0 ? std::optional(order.at) : std::nullopt;
  ask(asked, at, [&](runtime::Node& node, std::function<void(runtime::Answer)> done) {
    const ClusterState& state = node.state();
    ConfigProposal proposal;
    proposal.config = order.whole ? order.patch.after : patched(*state.config, order.patch);
    if (const auto mistakes = mistakes_in(proposal.config); !mistakes.empty())
      return done({AnswerKind::refused, format("{}", fmt::join(mistakes, "; "))});
    proposal.digest = wire::digest_of(proposal.config);
    proposal.base = state.stamp.digest;
    if (order.stale) proposal.base = state.stamp.lineage.empty() ? Digest{1} : state.stamp.lineage.back();
    proposal.text = file_of(std::make_shared<const ClusterConfig>(proposal.config));
    Request request = asked.request;
    request.proposal = std::move(proposal);
    node.request(std::move(request), std::move(done));
  });
}

/// What the nodes that can be reached answer; the latest one that came from `own`.
std::optional<std::pair<NodeId, wire::ConfigOffer>> World::later_config(NodeId node, const ConfigStamp& own) const {
  std::optional<std::pair<NodeId, wire::ConfigOffer>> found;
  for (const NodeConfig& listed : files_.at(machine(node).disk.config)->nodes) {
    const Machine& other = machine(listed.id);
    bool answers = listed.id != node && other.daemon && !other.paused && !other.daemon_paused;
    if (!answers) continue;
    answers = false;
    for (std::uint32_t k = 0; k < network_.links() && !answers; ++k)
      answers = network_.reaches(node, listed.id, LinkIndex{k}) && network_.reaches(listed.id, node, LinkIndex{k});
    const runtime::Node& known = other.daemon->node();

    if (answers && runtime::is_later(known.state().stamp, found ? &found->second.stamp : nullptr, own))
      found = {listed.id, {known.state().stamp, *known.state().config, known.config_text()}};
  }
  return found;
}

/// As daemon/daemon.cc does while nodes are missing in its view.
void World::look_for_later_config(NodeId node) {
  scheduler_.after(Millis{5000}, machine(node).owner, [this, node] {
    runtime::Node& asks = machine(node).daemon->node();
    const ClusterState& state = asks.state();
    if (!asks.synced() || state.members.size() < state.config->nodes.size())
      if (const auto later = later_config(node, state.stamp)) asks.learn(later->first, later->second);
    look_for_later_config(node);
  });
}

/// The others have a later configuration than this machine, and it is not in that: whoever removed it sees to it that
/// its daemon does not start with its old file, by which it would still belong to the cluster, alone.
bool World::was_removed(NodeId node) const {
  const SimDisk& disk = machine(node).disk;
  const std::uint64_t own = disk.kept ? disk.kept->stamp.generation : 0;
  return std::any_of(machines_.begin(), machines_.end(), [&](const Machine& other) {
    if (!other.daemon || !other.daemon->node().synced()) return false;
    const ClusterState& state = other.daemon->node().state();
    return state.stamp.generation >= own && state.config->node(node) == nullptr;
  });
}

std::shared_ptr<const ClusterConfig> World::file_on(NodeId node) const {
  const std::string& name = machine(node).disk.config;
  return name.empty() ? nullptr : files_.at(name);
}

void World::engines_activated(const ClusterConfig& config) {
  rings_.token = config.detection.token;
  network_.limit = rings_.token / 2;
  links_.interval = config.detection.link_interval;
  links_.timeout = config.detection.link_timeout;
  network_.use_links(config.nodes.front().links.size());
  guards_.use(config.quorum.kind, config.nodes.size());
  if (!looking_) look_at_guards();
  network_changed();
}

void World::daemon_removed(NodeId node) {
  scheduler_.after(Micros{0}, machine(node).owner, [this, node] {
    machine(node).fed.reset();  // G4
    rings_.kill_engine(node, Rings::Leave::in_order);
    end_daemon(node);
    links_.reassess();
    happened(node, "daemon ended: the node was removed");
  });
}

}  // namespace holdfast::sim
