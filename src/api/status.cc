#include "api/status.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/attention.h"

namespace holdfast::api {
namespace {

constexpr std::array<std::pair<NodeShown, std::string_view>, 8> node_words{
    {{NodeShown::online, "online"},
     {NodeShown::failed, "failed"},
     {NodeShown::stopped, "stopped"},
     {NodeShown::daemon_dead, "daemon-dead"},
     {NodeShown::set_aside, "set-aside"},
     {NodeShown::config_differs, "config-differs"},
     {NodeShown::waiting, "waiting"},
     {NodeShown::unknown, "unknown"}}};

constexpr std::array<std::pair<StateShown, std::string_view>, 8> state_words{
    {{StateShown::in_service, "in-service"},
     {StateShown::unprotected, "unprotected"},
     {StateShown::out_of_service, "out-of-service"},
     {StateShown::failed, "failed"},
     {StateShown::unknown, "unknown"},
     {StateShown::starting, "starting"},
     {StateShown::stopping, "stopping"},
     {StateShown::recovering, "recovering"}}};

template <class Words, class Value>
std::string_view word_in(const Words& words, Value value) {
  for (const auto& [v, w] : words)
    if (v == value) return w;
  return "unknown";
}

template <class Value, class Words>
std::optional<Value> value_in(const Words& words, std::string_view wanted) {
  for (const auto& [v, w] : words)
    if (w == wanted) return v;
  return std::nullopt;
}

NodeShown shown(Standing standing) {
  switch (standing) {
    case Standing::waiting:
      return NodeShown::waiting;
    case Standing::member:
      return NodeShown::online;
    case Standing::failed:
      return NodeShown::failed;
    case Standing::daemon_dead:
      return NodeShown::daemon_dead;
    case Standing::left:
      return NodeShown::stopped;
    case Standing::set_aside:
      return NodeShown::set_aside;
    case Standing::config_differs:
      return NodeShown::config_differs;
  }
  return NodeShown::unknown;
}

StateShown shown(ResourceState state) {
  switch (state) {
    case ResourceState::unknown:
      return StateShown::unknown;
    case ResourceState::out_of_service:
      return StateShown::out_of_service;
    case ResourceState::starting:
      return StateShown::starting;
    case ResourceState::in_service:
      return StateShown::in_service;
    case ResourceState::stopping:
      return StateShown::stopping;
    case ResourceState::failed:
      return StateShown::failed;
    case ResourceState::recovering:
      return StateShown::recovering;
  }
  return StateShown::unknown;
}

/// Builds one Status; holds what every question needs.
class Composer {
 public:
  Composer(const ClusterState& state, const OwnView& own) : state_(state), config_(*state.config), own_(own) {}

  Status compose() const {
    Status status;
    status.cluster = config_.name;
    status.node = config_.name_of(own_.self);
    status.version = own_.version;
    status.synced = own_.synced;
    status.unsynced_because = own_.unsynced_because;
    status.profile = config_.profile == Profile::linux_like ? "linux" : "windows";
    status.detection = config_.detection.name;
    status.watchdog = watchdog();
    for (const NodeConfig& node : config_.nodes) status.nodes.push_back(node_status(node));
    for (const NodeId node : own_.left_out) status.left_out.push_back(config_.name_of(node));
    status.links = links_of(own_.self, own_.links);
    for (const Hierarchy& hierarchy : state_.hierarchies->all) {
      HierarchyStatus shown_hierarchy{hierarchy.name, {}};
      for (auto r = hierarchy.resources.rbegin(); r != hierarchy.resources.rend(); ++r)
        shown_hierarchy.resources.push_back(r->value);
      status.hierarchies.push_back(std::move(shown_hierarchy));
    }
    for (const auto& [name, resource] : config_.resources) status.resources.push_back(resource_status(resource));
    status.maintenance.cluster = state_.switches.cluster;
    for (const NodeId node : state_.switches.nodes) status.maintenance.nodes.push_back(config_.name_of(node));
    for (const ResourceName& name : state_.switches.resources) status.maintenance.resources.push_back(name.value);
    status.attention = attention_of(state_, own_, status);
    return status;
  }

 private:
  std::string watchdog() const {
    if (!config_.watchdog.device.empty()) return config_.watchdog.device;
    const bool fenced = std::ranges::any_of(config_.nodes, [](const NodeConfig& node) { return !node.fence.empty(); });
    const bool resets =  // G2, F4
        config_.quorum.loss != QuorumLoss::stop || std::ranges::any_of(config_.resources, [&](const auto& entry) {
          const OnStopFailure wanted = entry.second.on_stop_failure;
          return wanted == OnStopFailure::reboot || (wanted == OnStopFailure::by_guards && fenced);
        });
    return resets ? "none" : "";
  }

  NodeShown standing(NodeId node) const {
    if (node == own_.self) return NodeShown::online;  // it answers, so it is; whether it is synced stands elsewhere
    const auto found = state_.nodes.find(node);
    if (found == state_.nodes.end() || state_.members.empty()) return NodeShown::unknown;
    return shown(found->second.standing);
  }

  NodeStatus node_status(const NodeConfig& node) const {
    NodeStatus status{node.name, standing(node.id), node.id == own_.self, {}};
    const auto found = state_.nodes.find(node.id);
    if (node.id == own_.self)
      status.links = links_of(node.id, own_.links);
    else if (status.state == NodeShown::online && found != state_.nodes.end())
      status.links = links_of(node.id, found->second.facts.links);
    return status;
  }

  std::string address(NodeId node, LinkIndex link) const {
    const NodeConfig* found = config_.node(node);
    return found != nullptr && link.value < found->links.size() ? found->links[link.value] : std::string();
  }

  std::vector<LinkStatus> links_of(NodeId node, std::vector<LinkFact> facts) const {
    std::sort(facts.begin(), facts.end());
    std::vector<LinkStatus> links;
    for (const LinkFact& fact : facts)
      links.push_back({config_.name_of(node), config_.name_of(fact.peer), fact.link.value, address(node, fact.link),
                       address(fact.peer, fact.link), fact.up});
    return links;
  }

  /// What `node` told of the resource last, or nullptr.
  const ResourceFact* fact(NodeId node, const ResourceName& resource) const {
    const auto found = state_.nodes.find(node);
    if (found == state_.nodes.end()) return nullptr;
    const auto& resources = found->second.facts.resources;
    const auto r = resources.find(resource);
    return r == resources.end() ? nullptr : &r->second;
  }

  /// A node that told anything told everything: what it left out is out of service (model/facts.h).
  bool heard(NodeId node) const {
    const auto found = state_.nodes.find(node);
    return found != state_.nodes.end() && found->second.facts.incarnation != 0;
  }

  bool could_run(NodeId node, const ResourceConfig& resource) const {
    if (std::find(resource.nodes.begin(), resource.nodes.end(), node) == resource.nodes.end()) return false;
    const ResourceFact* told = fact(node, resource.name);
    return told == nullptr || told->state != ResourceState::failed;
  }

  /// Another node is a member, may run the whole hierarchy (one hierarchy goes to one node, N4), and nothing of it is
  /// failed there.
  bool protected_elsewhere(const ResourceConfig& resource, NodeId serving) const {
    const auto index = state_.hierarchies->of.find(resource.name);
    std::vector<ResourceName> together{resource.name};
    if (index != state_.hierarchies->of.end()) together = state_.hierarchies->all[index->second].resources;
    return std::any_of(resource.nodes.begin(), resource.nodes.end(), [&](NodeId node) {
      if (node == serving || state_.members.empty() || standing(node) != NodeShown::online) return false;
      return std::all_of(together.begin(), together.end(), [&](const ResourceName& name) {
        const auto member = config_.resources.find(name);
        return member == config_.resources.end() || could_run(node, member->second);
      });
    });
  }

  /// The last word of a node that cannot be asked any more is no present state, unless it left in order or only its
  /// daemon is dead (its services then go on as they were: N5, N7).
  StateShown state_on(NodeId node, const ResourceConfig& resource, std::string& text) const {
    const ResourceFact* told = fact(node, resource.name);
    const NodeShown stands = standing(node);
    if (stands != NodeShown::online && stands != NodeShown::stopped && stands != NodeShown::daemon_dead) {
      if (told != nullptr)
        text = "node " + std::string(word(stands)) + "; its last word: " + std::string(word(shown(told->state)));
      return StateShown::unknown;
    }
    if (told == nullptr) return heard(node) ? StateShown::out_of_service : StateShown::unknown;
    text = told->cause;
    if (told->failure == Failure::stop)
      text += text.empty() ? "its stop failed: it may still run here" : " (it may still run here)";
    if (told->state == ResourceState::in_service && !protected_elsewhere(resource, node))
      return StateShown::unprotected;
    return shown(told->state);
  }

  ResourceStatus resource_status(const ResourceConfig& resource) const {
    ResourceStatus status;
    status.name = resource.name.value;
    status.agent = resource.agent;
    for (const ResourceName& below : resource.depends_on) status.depends_on.push_back(below.value);
    if (const auto home = wanted_on(state_, resource.name)) status.wanted_on = config_.name_of(*home);
    for (const NodeId node : places_of(state_, resource.name)) {
      const std::string name = config_.name_of(node);
      std::string text;
      status.nodes.push_back(name);
      status.states[name] = state_on(node, resource, text);
      if (!text.empty()) status.text[name] = text;
    }
    return status;
  }

  const ClusterState& state_;
  const ClusterConfig& config_;
  const OwnView& own_;
};

}  // namespace

std::string_view word(NodeShown state) { return word_in(node_words, state); }
std::string_view word(StateShown state) { return word_in(state_words, state); }
std::optional<NodeShown> node_shown(std::string_view wanted) { return value_in<NodeShown>(node_words, wanted); }
std::optional<StateShown> state_shown(std::string_view wanted) { return value_in<StateShown>(state_words, wanted); }

const ResourceStatus* Status::resource(std::string_view wanted) const {
  for (const ResourceStatus& r : resources)
    if (r.name == wanted) return &r;
  return nullptr;
}

const NodeStatus* Status::find_node(std::string_view wanted) const {
  for (const NodeStatus& n : nodes)
    if (n.name == wanted) return &n;
  return nullptr;
}

Status make_status(const ClusterState& state, const OwnView& own) { return Composer(state, own).compose(); }

}  // namespace holdfast::api
