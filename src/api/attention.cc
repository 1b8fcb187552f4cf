#include "api/attention.h"

#include <algorithm>

#include "api/why.h"
#include "base/format.h"

namespace holdfast::api {
namespace {

class Collector {
 public:
  Collector(const ClusterState& state, const OwnView& own, const Status& status)
      : state_(state), config_(*state.config), own_(own), status_(status) {}

  std::vector<Attention> collect() {
    if (!own_.frozen_because.empty())
      add("frozen", "", "", format("decisions are frozen until the next view: {}", own_.frozen_because), "");
    maintenance();
    if (!own_.not_fed.empty())
      add("not-fed", name(own_.self), "",
          format("the watchdog of {} is not fed: {}; the machine is reset if that lasts (G4)", name(own_.self),
                 own_.not_fed),
          "");
    for (const auto& [node, why] : own_.no_quorum)
      add("no-quorum", name(node), "", format("{} may not act (G2): {}", name(node), why), "");
    for (const auto& [node, why] : own_.not_free) waiting(node, why);
    for (const Hierarchy& hierarchy : state_.hierarchies->all) about(hierarchy);
    for (const ReachPath& path : own_.unheard) unheard(path);
    return std::move(found_);
  }

 private:
  std::string name(NodeId node) const { return config_.name_of(node); }
  void add(std::string kind, std::string node, std::string resource, std::string text, std::string command) {
    found_.push_back({std::move(kind), std::move(node), std::move(resource), std::move(text), std::move(command)});
  }

  /// O5
  void maintenance() {
    const char* meaning = "is in maintenance: it is monitored, and nothing is acted upon (O5)";
    if (state_.switches.cluster)
      add("maintenance", "", "", format("the cluster {}", meaning), "holdfast maintenance off");
    for (const NodeId node : state_.switches.nodes)
      add("maintenance", name(node), "", format("{} {}", name(node), meaning),
          format("holdfast maintenance off --node {}", name(node)));
    for (const ResourceName& resource : state_.switches.resources)
      add("maintenance", "", resource.value, format("{} {}", resource.value, meaning),
          format("holdfast maintenance off --resource {}", resource.value));
  }

  /// L9: the engine hears the peer, its second port is closed on the way.
  void unheard(const ReachPath& path) {
    const NodeConfig* self = config_.node(own_.self);
    const NodeConfig* peer = config_.node(path.peer);
    if (self == nullptr || peer == nullptr || path.link.value >= std::min(self->links.size(), peer->links.size()))
      return;
    const std::uint32_t port = side_channel_port(config_.port);
    add("port-closed", peer->name, "",
        format(
            "UDP port {} is closed between {} ({}) and {} ({}), though UDP port {} is not: open it in both directions, "
            "or a partial failure of the network is seen later (L9)",
            port, self->name, self->links[path.link.value], peer->name, peer->links[path.link.value], config_.port),
        "");
  }

  /// N6, G3 to G5: a lost node that may still hold what it ran.
  void waiting(NodeId node, const std::string& why) {
    const auto known = state_.nodes.find(node);
    if (known == state_.nodes.end()) return;
    const Loss& loss = known->second.loss;
    std::string command;
    if (loss.consent == Consent::waiting || loss.consent == Consent::denied)
      command = format("holdfast node confirm {} yes", name(node));
    else if (loss.isolation != Isolation::none)
      command = format("holdfast node confirm-off {}", name(node));
    add("waits", name(node), "", format("what {} ran is not taken over: {}", name(node), why), command);
  }

  void about(const Hierarchy& hierarchy) {
    const auto intent = state_.intents.find(hierarchy.key);
    if (intent != state_.intents.end()) {
      if (intent->second.held)
        add("held", "", hierarchy.name,
            format(
                "{} moved {} times within {} s: it moves no more by itself until an operator starts or moves it (F7)",
                hierarchy.name, config_.failover_limit, config_.failover_window.count() / 1000),
            "");
      if (intent->second.going_home)
        add("switchback", name(*intent->second.going_home), hierarchy.name,
            format("{} goes home to {} when that node was healthy for {} s (O3)", hierarchy.name,
                   name(*intent->second.going_home), config_.switchback_delay.count() / 1000),
            "");
    }
    for (auto resource = hierarchy.resources.rbegin(); resource != hierarchy.resources.rend(); ++resource) {
      left_here(*resource);
      about(hierarchy, *resource);
    }
  }

  /// O7, B8: it was taken from the node's list by the other side of a split, and nothing that runs is stopped for that.
  void left_here(const ResourceName& resource) {
    const std::vector<NodeId>& nodes = config_.resources.at(resource).nodes;
    const ResourceStatus* shown = status_.resource(resource.value);
    if (shown == nullptr) return;
    for (const NodeId node : places_of(state_, resource)) {
      const auto state = shown->states.find(name(node));
      if (std::find(nodes.begin(), nodes.end(), node) != nodes.end() || state == shown->states.end() ||
          !serves(state->second))
        continue;
      add("left-here", name(node), resource.value,
          format("{} runs on {}, which is not in its list of nodes any more: it starts nowhere else meanwhile (O7, B8)",
                 resource.value, name(node)),
          format("holdfast resource move {} NODE", resource.value));
    }
  }

  void about(const Hierarchy& hierarchy, const ResourceName& resource) {
    const ResourceStatus* shown = status_.resource(resource.value);
    if (shown == nullptr) return;
    const std::string note = note_on(status_, *shown);
    if (note.empty()) return;
    const auto count = std::count_if(shown->states.begin(), shown->states.end(),
                                     [](const auto& entry) { return serves(entry.second); });
    const bool failed = std::any_of(shown->states.begin(), shown->states.end(),
                                    [](const auto& entry) { return entry.second == StateShown::failed; });
    if (count > 1) return add("split", "", resource.value, note, "holdfast split plan");
    const std::string node = shown->wanted_on.value_or("");
    if (!failed) return add("not-in-service", node, resource.value, note, "");
    add("failed", node, resource.value, note + recovery_of(hierarchy, resource), remedy(resource));
  }

  const ResourceFact* fact(NodeId node, const ResourceName& resource) const {
    const auto known = state_.nodes.find(node);
    if (known == state_.nodes.end()) return nullptr;
    const auto found = known->second.facts.resources.find(resource);
    return found == known->second.facts.resources.end() ? nullptr : &found->second;
  }

  /// What was tried about the failure, and what is not (F5, F6).
  std::string recovery_of(const Hierarchy& hierarchy, const ResourceName& resource) const {
    std::string text;
    const auto intent = state_.intents.find(hierarchy.key);
    if (intent != state_.intents.end()) {
      const auto times = intent->second.recoveries.find(resource);
      if (times != intent->second.recoveries.end() && !times->second.empty())
        text += format("; recovered in place {} time(s) before", times->second.size());
    }
    const Policy& policy = config_.resources.at(resource).policy;
    if (policy.notify_only)
      text += "; nothing is done about it (notify_only)";
    else if (!policy.failover)
      text += "; it does not move (failover is off)";
    return text;
  }

  std::string remedy(const ResourceName& resource) const {
    for (const NodeId node : config_.resources.at(resource).nodes)
      if (const ResourceFact* told = fact(node, resource); told != nullptr && told->failure == Failure::stop)
        return format("holdfast resource stop {}", resource.value);
    return format("holdfast resource start {}", resource.value);
  }

  const ClusterState& state_;
  const ClusterConfig& config_;
  const OwnView& own_;
  const Status& status_;
  std::vector<Attention> found_;
};

}  // namespace

std::vector<Attention> attention_of(const ClusterState& state, const OwnView& own, const Status& status) {
  return Collector(state, own, status).collect();
}

}  // namespace holdfast::api
