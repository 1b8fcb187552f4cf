#include "sim/random/invariants.h"

#include <algorithm>

#include "base/format.h"
#include "core/hierarchy.h"
#include "model/names.h"
#include "model/text.h"
#include "wire/codec.h"

namespace holdfast::sim {

namespace {

constexpr std::uint32_t node_failed = 4001;  // docs/messages.md

bool contains(const std::vector<NodeId>& nodes, NodeId n) {
  return std::find(nodes.begin(), nodes.end(), n) != nodes.end();
}

}  // namespace

Invariants::Invariants(World& world)
    : world_(world), in_force_(world.first_config()), live_changes_([this](NodeId node, const ResourceName& resource) {
        return runs(node, resource) && !presence_[{node, resource}].unnoticed;
      }) {
  const auto& nodes = world.first_config().nodes;
  fenced_ = std::all_of(nodes.begin(), nodes.end(), [](const NodeConfig& node) { return !node.fence.empty(); });
}

void Invariants::violate(const std::string& what) {
  if (violation_) return;
  violation_ = format("{} (at {} ms)", what, world_.now().micros / 1000);
  world_.scheduler().stop();
}

bool Invariants::runs(NodeId node, const ResourceName& resource) const {
  return world_.services().running(node, resource);
}

void Invariants::on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) {
  if (state.epoch.leader.value == 0) return;  // not in a view yet
  if (state.frozen) violate(format("the core of {} froze: an invariant of its own broke", name(node)));
  check_digest(node, event, state);
  if (in_force_.on_step(node, state)) note_configuration(node, state);
  note_failure(event, state);
  stop_reasons_.on_disk(node, world_.disk_works(node));
  stop_reasons_.on_event(node, event, state);
  if (const auto broken = limits_.on_step(node, world_.now(), event, outcome, state))
    violate(format("{} (decided by {})", *broken, name(node)));
  if (const auto broken = live_changes_.on_step(node, world_.now(), event, outcome, state))
    violate(format("{} (decided by {})", *broken, name(node)));
  for (const Decision& decision : outcome.decisions) node_failures_ += decision.message == node_failed ? 1 : 0;
  for (const Action& action : outcome.actions)
    if (const auto* run = std::get_if<RunOperation>(&action); run != nullptr && run->node == node)
      note_decision(*run, state);
}

/// The node decides by another configuration from here on (O7).
void Invariants::note_configuration(NodeId node, const ClusterState& state) {
  stop_reasons_.on_configuration(node, state);
  const auto& nodes = state.config->nodes;
  fenced_ = fenced_ && std::all_of(nodes.begin(), nodes.end(), [](const NodeConfig& n) { return !n.fence.empty(); });
  // B8: what runs here and the other side's configuration does not know is protected by nobody any more.
  std::erase_if(served_, [&](const auto& served) {
    return runs(node, served.first) && !state.config->resources.contains(served.first);
  });
  // Likewise what that joins, and runs on two sides.
  for (const Hierarchy& hierarchy : state.hierarchies->all) {
    std::set<NodeId> places;
    for (const ResourceName& resource : hierarchy.resources)
      for (const NodeId place : world_.services().where(resource)) places.insert(place);
    if (places.size() > 1) split_hierarchies_.mark(hierarchy.key, *state.hierarchies);
  }
}

/// Equal states at equal positions of one epoch.
void Invariants::check_digest(NodeId node, const Event& event, const ClusterState& state) {
  auto& [epoch, position] = position_[node];
  const bool fresh = std::holds_alternative<ViewSynced>(event);
  position = fresh || epoch != state.epoch ? 0 : position + 1;
  epoch = state.epoch;
  std::vector<std::pair<Digest, NodeId>>& digests = positions_[state.epoch].digests;
  const Digest digest = wire::digest_of(state);
  if (position == digests.size()) digests.emplace_back(digest, node);
  if (position > digests.size()) return;  // it joined a later half; its first step tells
  const auto& [first, first_node] = digests[position];
  if (first != digest && world_.in_one_ring(node, first_node)) suspect(node, first_node, position);
  constexpr std::size_t most_epochs = 512;
  if (positions_.size() > most_epochs) positions_.clear();
}

/// The sides of a cut may each apply the last messages of their own (engine.md 2.5), shortly before they hear of the
/// new ring: then a new epoch follows.
void Invariants::suspect(NodeId node, NodeId other, std::size_t position) {
  constexpr Micros ring_is_told = Millis{100};
  const Epoch epoch = position_[node].first;
  world_.scheduler().after(ring_is_told, nullptr, [this, node, other, position, epoch] {
    const auto still = [&](NodeId n) {
      const runtime::Node* daemon = world_.daemon(n);
      return daemon != nullptr && daemon->synced() && daemon->state().epoch == epoch;
    };
    if (still(node) && still(other) && world_.in_one_ring(node, other))
      violate(format("the state of {} differs at position {} of epoch {}.{}.{}", name(node), position,
                     epoch.leader.value, epoch.incarnation, epoch.counter));
  });
}

/// Where the state begins to differ from that of a node at the same position, if there is one still.
std::string Invariants::difference(NodeId node, const ClusterState& state) const {
  for (const auto& [other, place] : position_) {
    const runtime::Node* daemon = world_.daemon(other);
    if (other == node || daemon == nullptr || place != position_.at(node)) continue;
    const std::string here = text_of(state);
    const std::string there = text_of(daemon->state());
    const auto at = static_cast<std::size_t>(std::mismatch(here.begin(), here.end(), there.begin(), there.end()).first -
                                             here.begin());
    if (at == here.size()) continue;
    const std::size_t begin = at < 100 ? 0 : at - 100;
    return format(": here {}, on {} {}", here.substr(begin, 160), name(other), there.substr(begin, 160));
  }
  return {};
}

void Invariants::note_decision(const RunOperation& action, const ClusterState& state) {
  const Place place{action.node, action.resource};
  decided_[{place, action.kind}] = Decided{state.members, {state.config, state.hierarchies}};
  if (action.kind == OperationKind::start) {
    stop_reasons_.on_start(action);
    const ResourceName& key = state.hierarchies->all[state.hierarchies->of.at(action.resource)].key;
    if (action.reason.rule == "N4" && taken_over_.emplace(state.epoch, key).second) ++failovers_;
    return;
  }
  if (action.kind != OperationKind::stop) return;
  if (const auto why = stop_reasons_.against(action, state))
    violate(format("stop of {} on {} for {}, though {}", action.resource.value, name(action.node), action.reason.rule,
                   *why));
}

/// A failure that was told, or that a view brought.
void Invariants::note_failure(const Event& event, const ClusterState& state) {
  const auto note = [&](const ResourceName& resource, const ResourceFact& fact) {
    if (fact.state == ResourceState::failed) failed_hierarchies_.mark(resource, *state.hierarchies);
  };
  if (const auto* changed = std::get_if<ResourceChanged>(&event)) note(changed->resource, changed->fact);
  const auto* view = std::get_if<ViewSynced>(&event);
  if (view == nullptr) return;
  for (const MemberReport& report : view->reports)
    for (const auto& [resource, fact] : report.own.resources) note(resource, fact);
}

void Invariants::on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) {
  const Place place{node, resource};
  const std::uint32_t life = lives_[node];
  const auto running = under_way_.find(place);
  if (running != under_way_.end() && running->second == life)
    violate(format("{} of {} begins on {} while another operation on it is under way (R2)", name_of(kind),
                   resource.value, name(node)));
  under_way_[place] = life;
  if (kind == OperationKind::start) began_[place] = life;
  if (kind == OperationKind::start) check_start(node, resource);
  if (kind == OperationKind::stop) check_stop(node, resource);
  if ((kind == OperationKind::start || kind == OperationKind::stop) &&
      !in_force_.of(node).hierarchies->of.contains(resource))
    violate(format("{} of {} begins on {}, where it is configured no more (O7)", name_of(kind), resource.value,
                   name(node)));
}

void Invariants::on_operation_end(NodeId node, const ResourceName& resource, OperationKind, const OperationResult&) {
  const auto running = under_way_.find({node, resource});
  if (running != under_way_.end() && running->second == lives_[node]) under_way_.erase(running);
}

void Invariants::check_start(NodeId node, const ResourceName& resource) {
  const auto decided = decided_.find({{node, resource}, OperationKind::start});
  const Structure& by = decided != decided_.end() ? decided->second.by : in_force_.of(node);
  for (const ResourceName& below : by.config->resources.at(resource).depends_on)
    if (!runs(node, below) && !presence_[{node, below}].unnoticed)
      violate(format("start of {} on {} while {} below it does not run (R2)", resource.value, name(node), below.value));
  if (decided == decided_.end())
    return violate(format("start of {} on {} that nobody decided", resource.value, name(node)));
  check_double(node, resource, decided->second);
  check_whole(node, resource, decided->second);
}

/// Nobody starts what runs on another member of the view that decided it; so no move starts before its stop succeeded.
/// Members that no longer hear each other may not know yet: that is a split (B1).
void Invariants::check_double(NodeId node, const ResourceName& resource, const Decided& decided) {
  for (const NodeId other : decided.members)
    if (other != node && world_.in_one_ring(node, other) && runs(other, resource) &&
        !presence_[{other, resource}].unnoticed)
      violate(format("start of {} on {} while it runs on {}, of the same view (F3, O2)", resource.value, name(node),
                     name(other)));
}

/// N4: one hierarchy goes to one node. Only a split may have left it on two.
void Invariants::check_whole(NodeId node, const ResourceName& resource, const Decided& decided) {
  if (split_hierarchies_.contain(resource, *decided.by.hierarchies)) return;
  const std::vector<ResourceName>& all = joined_to(resource, *decided.by.hierarchies);
  for (const NodeId other : decided.members)
    for (const ResourceName& there : all) {
      if (other == node || !runs(other, there) || presence_[{other, there}].unnoticed) continue;
      if (!contains(presence_[{other, there}].knowing, node)) continue;
      const bool split = std::any_of(all.begin(), all.end(), [&](const ResourceName& here) {
        return runs(node, here) && !contains(presence_[{node, here}].knowing, other);
      });
      if (!split)
        violate(format("start of {} on {} while {} of its hierarchy runs on {} (N4)", resource.value, name(node),
                       there.value, name(other)));
    }
}

void Invariants::check_stop(NodeId node, const ResourceName& resource) {
  const auto decided = decided_.find({{node, resource}, OperationKind::stop});
  const Structure& by = decided != decided_.end() ? decided->second.by : in_force_.of(node);
  const auto above = by.hierarchies->dependents.find(resource);
  if (above == by.hierarchies->dependents.end()) return;
  // What a forced change took from this node while it could not be asked goes on running there, and is not looked
  // after.
  const auto looked_after = [&](const ResourceName& user) {
    const std::vector<NodeId>& nodes = by.config->resources.at(user).nodes;
    return runs(node, user) && !presence_[{node, user}].unnoticed && contains(nodes, node);
  };
  for (const ResourceName& user : above->second)
    if (looked_after(user))
      violate(format("stop of {} on {} while {} above it runs (R2)", resource.value, name(node), user.value));
}

void Invariants::on_running(NodeId node, const ResourceName& resource, bool running, const char* why) {
  const Place place{node, resource};
  Presence& presence = presence_[place];
  presence.knowing.clear();
  if (running) served_[resource] = node;
  presence.unnoticed = std::string_view(why) == "died" || (running && began_[place] != lives_[node]);
  const auto decided = decided_.find({place, OperationKind::start});
  if (!running || decided == decided_.end()) return;
  if (!presence.unnoticed) check_fenced(node, resource);
  presence.knowing = decided->second.members;
  note_split(node, resource, decided->second);
}

/// G3: what every node's power switch guards never runs twice, whatever is cut.
void Invariants::check_fenced(NodeId node, const ResourceName& resource) {
  if (!fenced_) return;
  for (const NodeId other : world_.services().where(resource))
    if (other != node && !presence_[{other, resource}].unnoticed)
      violate(format("{} runs on {} and {} although a takeover waits for the fence agent (G3)", resource.value,
                     name(node), name(other)));
}

void Invariants::note_split(NodeId node, const ResourceName& resource, const Decided& decided) {
  for (const NodeConfig& other : world_.config().nodes)
    for (const ResourceName& there : joined_to(resource, *decided.by.hierarchies))
      if (other.id != node && !contains(decided.members, other.id) && runs(other.id, there))
        split_hierarchies_.mark(resource, *decided.by.hierarchies);
}

void Invariants::on_request(const AskedRequest& request) {
  if (request.request.kind == RequestKind::confirm_off || request.request.force == Force::yes) fenced_ = false;
  const bool start = request.request.kind == RequestKind::start;
  in_force_.each([&](const Hierarchies& hierarchies) {
    stop_reasons_.on_request(request.request, hierarchies);
    if (!start) asked_hierarchies_.mark(request.request.resource, hierarchies);
  });
  if (request.origin.value != 0) open_requests_[request.number] = {request.origin, lives_[request.origin]};
}

void Invariants::on_answer(const AskedRequest& request, const runtime::Answer&) {
  open_requests_.erase(request.number);
  if (!answered_.insert(request.number).second) violate(format("request {} was answered twice", request.number));
}

namespace {

/// All that the newer one wants, the other one knows.
bool knows(const std::map<ResourceName, Intent>& intents, const ResourceName& key, const Intent& newer) {
  const auto known = intents.find(key);
  return known != intents.end() && std::ranges::all_of(newer.wanted, [&](const auto& wanted) {
           return known->second.wanted.contains(wanted.first);
         });
}

}  // namespace

/// E2: what a daemon has begun is known to nobody if it ends before it has told it to another one, or to its disk.
void Invariants::note_unkept(NodeId node) {
  const runtime::Node* daemon = world_.daemon(node);
  if (daemon == nullptr) return;
  unkept_[node].clear();
  for (const auto& [key, intent] : daemon->state().intents) {
    const bool known = std::ranges::any_of(world_.config().nodes, [&, &key = key, &intent = intent](const auto& other) {
      const runtime::Node* there = other.id == node ? nullptr : world_.daemon(other.id);
      const std::optional<DurableState>& kept = world_.kept(other.id);
      return (there != nullptr && knows(there->state().intents, key, intent)) ||
             (kept && knows(kept->intents, key, intent));
    });
    if (!known) unkept_[node].insert(key);
  }
}

void Invariants::on_happening(NodeId node, const std::string& what) {
  if (what == "leaves in order" || what == "daemon killed" || what == "power off") note_unkept(node);
  if (what == "power off")  // until then, the next daemon finds what runs (R5)
    for (const ResourceName& key : unkept_[node]) forgotten_hierarchies_.mark(key, *in_force_.of(node).hierarchies);
  if (what == "daemon starts") {
    unkept_.erase(node);
    limits_.on_start(node);
    live_changes_.on_start(node);
  }
  // Also if the node was removed; what it was asked then, nobody answers any more.
  if (what == "daemon starts" || what == "daemon killed" || what == "power off" || what.starts_with("daemon ended"))
    ++lives_[node];
}

}  // namespace holdfast::sim
