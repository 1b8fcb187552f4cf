// Guards that contradict each other, or that have no effect.
#include <algorithm>

#include "base/format.h"
#include "config/sections.h"
#include "config/words.h"
#include "model/names.h"

namespace holdfast::config {
namespace {

bool any_fence(const Draft& draft) {
  return std::ranges::any_of(draft.nodes, [](const DraftNode& n) { return !n.config.fence.empty(); });
}

/// The node whose link has this address, or nullptr.
const DraftNode* node_with(const Draft& draft, const IpAddress& address) {
  for (const DraftNode& node : draft.nodes)
    for (const DraftLink& link : node.links)
      if (link.address == address) return &node;
  return nullptr;
}

void check_outside(const Draft& draft, const std::string& host, Place place, Problems& problems) {
  const auto address = parse_address(host);
  if (!address) return;
  if (const DraftNode* node = node_with(draft, *address))
    problems.error(place,
                   format("[cluster]: quorum: {} is a link of {}; a witness must be on a machine of its own, or it "
                          "is lost with the node that it should decide about",
                          host, node->shown));
}

void check_quorum(const Draft& draft, Problems& problems) {
  const Quorum& quorum = draft.settings.quorum;
  const Place place = draft.place_of("quorum");
  if (quorum.kind == QuorumKind::none && draft.given.contains("quorum_loss"))
    problems.error(draft.place_of("quorum_loss"),
                   "[cluster]: quorum_loss is given without a quorum; give quorum too, or leave quorum_loss out");
  if (quorum.kind == QuorumKind::majority && draft.nodes.size() == 2)
    problems.warning(place,
                     "[cluster]: quorum = \"majority\" on 2 nodes: when one fails, the other has no majority and "
                     "stops, too; for two nodes use none, tcp, storage or qdevice");
  if (quorum.kind == QuorumKind::qdevice && draft.settings.engine == EngineKind::local)
    problems.error(place, "[cluster]: quorum of kind qdevice needs engine = \"corosync\"");
  if (quorum.kind == QuorumKind::qdevice) check_outside(draft, quorum.host, place, problems);
  if (quorum.kind != QuorumKind::tcp) return;
  if (quorum.hosts.size() > 1 && quorum.hosts.size() % 2 == 0)
    problems.warning(place, format("[cluster]: quorum: {} hosts, and more than half must answer; one less is as good",
                                   quorum.hosts.size()));
  for (const std::string& host : quorum.hosts) {
    const std::size_t bracket = host.starts_with('[') ? 1 : 0;
    check_outside(draft, host.substr(bracket, host.rfind(':') - 2 * bracket), place, problems);
  }
}

void check_watchdog(const Draft& draft, Problems& problems) {
  const ClusterConfig& s = draft.settings;
  if (s.watchdog.device.empty() || draft.nodes.size() < 2) return;
  const Millis shortest = 2 * known_within(s.detection) + Millis{1000};  // core/local/watchdog.h
  if (s.watchdog.timeout < shortest)
    problems.error(draft.place_of("watchdog"),
                   format("[cluster]: watchdog: timeout = {} is too short with detection = {}; it must be at least {}",
                          show(s.watchdog.timeout), s.detection.name, show(shortest)));
  if (s.quorum.kind != QuorumKind::none) return;
  problems.error(draft.place_of("watchdog"),
                 "[cluster]: watchdog without a quorum: a node that is merely cut off goes on feeding it, so that its "
                 "silence proves nothing; give a quorum (tcp, storage, qdevice; majority from 3 nodes on), or leave "
                 "watchdog out");
}

/// G2: whoever is to reset itself does it by its own daemon and kernel.
void check_reset(const Draft& draft, Problems& problems) {
  const ClusterConfig& s = draft.settings;
  if (!s.watchdog.device.empty() || s.quorum.loss == QuorumLoss::stop || s.quorum.kind == QuorumKind::none) return;
  problems.warning(
      draft.place_of("quorum_loss"),
      format("[cluster]: quorum_loss = {} without a watchdog: a node {} itself through its kernel (sysrq), "
             "but one whose daemon or kernel hangs does not; watchdog = {{ device = \"/dev/watchdog\" }} "
             "would",
             in_quotes(name_of(s.quorum.loss)), s.quorum.loss == QuorumLoss::halt ? "halts" : "resets"));
}

void check_fence(const Draft& draft, Problems& problems) {
  const bool some = any_fence(draft);
  for (const char* key : {"fence_limit", "fence_window", "fence_delay"})
    if (!some && draft.settings.watchdog.device.empty() && draft.given.contains(key))
      problems.warning(draft.place_of(key),
                       format("[cluster]: {} has no effect: no node has a fence level, and no watchdog is given", key));
  if (draft.settings.fence_limit > 0 && draft.settings.fence_limit >= draft.nodes.size() && draft.nodes.size() > 1)
    problems.error(draft.place_of("fence_limit"),
                   format("[cluster]: fence_limit = {} of {} nodes; at least one must stay: it must be 1 to {}",
                          draft.settings.fence_limit, draft.nodes.size(), draft.nodes.size() - 1));
  if (!some) return;
  if (draft.nodes.size() == 1)
    problems.warning(draft.nodes[0].place,
                     format("{} has fence levels, and no other node could use them", draft.nodes[0].shown));
  for (const DraftNode& node : draft.nodes) {
    if (node.config.fence.empty())
      problems.warning(node.place, format("{} has no fence level, others have; when it is lost, nothing proves that it "
                                          "is off",
                                          node.shown));
    for (const FenceLevel& level : node.config.fence)
      for (const char* key : {"plug", "port"}) {
        const auto plug = level.parameters.find(key);
        if (plug == level.parameters.end()) continue;
        for (const DraftNode& other : draft.nodes)
          if (&other != &node && !other.name.empty() && plug->second == other.name)
            problems.error(node.place, format("{}: {} = {} of {} would switch {} off", node.shown, key,
                                              in_quotes(plug->second), level.agent, other.shown));
      }
  }
}

void check_policies(const Draft& draft, Problems& problems) {
  const bool confirms = std::ranges::any_of(draft.nodes, [](const DraftNode& n) { return n.config.confirm_failover; });
  for (const char* key : {"confirm_timeout", "confirm_default"})
    if (!confirms && draft.given.contains(key))
      problems.warning(draft.place_of(key),
                       format("[cluster]: {} has no effect: no node has confirm_failover = true", key));
  const bool resets = any_fence(draft) || !draft.settings.watchdog.device.empty();
  bool returns = false;
  for (const DraftResource& r : draft.resources) {
    returns = returns || r.config.switchback == Switchback::automatic;
    if (!r.config.policy.local_recovery && r.limits_recovery)
      problems.error(r.place,
                     format("{}: recovery_limit with local_recovery = false; there is nothing to limit", r.shown));
    if (r.config.on_stop_failure == OnStopFailure::reboot && !resets)
      problems.warning(r.place, format("{}: on_stop_failure = \"reboot\" without fencing or a watchdog: if the node "
                                       "cannot reset itself, nobody does, and nothing is taken over",
                                       r.shown));
  }
  if (!returns && draft.given.contains("switchback_delay"))
    problems.warning(draft.place_of("switchback_delay"),
                     "[cluster]: switchback_delay has no effect: no resource has switchback = \"automatic\"");
}

}  // namespace

void check_guards(const Draft& draft, Problems& problems) {
  check_quorum(draft, problems);
  check_watchdog(draft, problems);
  check_reset(draft, problems);
  check_fence(draft, problems);
  check_policies(draft, problems);
}

}  // namespace holdfast::config
