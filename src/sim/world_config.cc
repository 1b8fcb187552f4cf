// The configuration of the simulated cluster while it runs (O7, V9).
#include <algorithm>

#include "base/format.h"
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

/// A machine that is new, or was removed before, gets a copy of the others' file; so does one that was away while a
/// node was added: what it does not know it does not hear, and so could not join to be told (L9).
std::shared_ptr<const ClusterConfig> World::config_for(NodeId node) {
  Machine& m = machine(node);
  const auto lists_it = [&](const Machine& some) {
    return !some.disk.config.empty() && files_.at(some.disk.config)->node(node) != nullptr;
  };
  const auto behind = [&] {
    const auto newest = newest_config();
    return !m.disk.config.empty() && newest &&
           std::any_of(newest->nodes.begin(), newest->nodes.end(),
                       [&](const NodeConfig& n) { return files_.at(m.disk.config)->node(n.id) == nullptr; }) &&
           newest->node(node) != nullptr;
  };
  if (lists_it(m) && behind()) m.disk.config = file_of(newest_config());
  if (!lists_it(m))
    for (const Machine& other : machines_)
      if (&other != &m && other.daemon && lists_it(other)) m.disk.config = other.disk.config;
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

std::shared_ptr<const ClusterConfig> World::newest_config() const {
  const ClusterState* newest = nullptr;
  for (const Machine& some : machines_)
    if (some.daemon && some.daemon->node().synced())
      if (const ClusterState& state = some.daemon->node().state();
          newest == nullptr || newest->stamp.generation < state.stamp.generation)
        newest = &state;
  return newest == nullptr ? nullptr : newest->config;
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
