#include "sim/surroundings.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast::sim {

namespace {
constexpr Micros quick{2000};
constexpr Micros port_limit{500000};
constexpr int intervals_of_life = 4;
constexpr Micros next_question{2500000};  // of a runtime to its witness
}  // namespace

SimGuards::SimGuards(Scheduler& scheduler, const Network& network, const ClusterConfig& config, Machines machines)
    : scheduler_(scheduler),
      network_(network),
      config_(config),
      machines_(std::move(machines)),
      kind_(config.quorum.kind),
      nodes_(config.nodes.size()) {}

std::vector<std::string> SimGuards::witness_names(QuorumKind kind) {
  switch (kind) {
    case QuorumKind::tcp:
      return {"w1", "w2", "w3"};
    case QuorumKind::storage:
      return {"storage"};
    case QuorumKind::qdevice:
      return {"qdevice"};
    case QuorumKind::none:
    case QuorumKind::majority:
      break;
  }
  return {};
}

bool SimGuards::is_up(const std::string& name) const {
  const auto found = down_.find(name);
  return found == down_.end() || !found->second;
}

FenceHealth SimGuards::power_switch(NodeId outlet) const {
  const auto found = switches_.find(outlet);
  return found == switches_.end() ? FenceHealth::ok : found->second;
}

bool SimGuards::watchdog_works(NodeId node) const {
  const auto found = broken_watchdogs_.find(node);
  return !config_.watchdog.device.empty() && (found == broken_watchdogs_.end() || !found->second);
}

WitnessAnswer SimGuards::ask(NodeId node, QuorumKind kind) {
  look();
  if (kind == QuorumKind::tcp) return ask_ports(node);
  if (kind == QuorumKind::storage) return ask_storage(node);
  return ask_device(node);
}

Micros SimGuards::answer_time(NodeId node, QuorumKind kind) const {
  if (kind != QuorumKind::tcp) return quick;
  const WitnessAnswer answer = ask_ports(node);
  return answer.quorate ? quick : port_limit;
}

WitnessAnswer SimGuards::ask_ports(NodeId node) const {
  const std::vector<std::string> names = witness_names(QuorumKind::tcp);
  const auto answers = static_cast<std::size_t>(
      std::ranges::count_if(names, [&](const std::string& name) { return reaches_network(node) && is_up(name); }));
  const bool quorate = 2 * answers > names.size();
  return {quorate,
          {},
          format("{} {} witnesses accept a connection", quorate ? "more than half of" : "too few of", names.size())};
}

/// Every node that lives renews its mark as long as the storage takes it.
void SimGuards::look() {
  if (kind_ == QuorumKind::storage && is_up("storage"))
    for (const NodeConfig& node : config_.nodes)
      if (machines_.daemon_lives(node.id)) marks_[node.id] = scheduler_.now();
  if (kind_ == QuorumKind::qdevice) choose_side();
}

bool SimGuards::marks_grow_old() const {
  if (kind_ != QuorumKind::storage) return false;
  const Micros limit = config_.quorum.interval * intervals_of_life + next_question;
  return std::ranges::any_of(marks_, [&](const auto& mark) {
    return !machines_.daemon_lives(mark.first) && scheduler_.now() - mark.second <= limit;
  });
}

WitnessAnswer SimGuards::ask_storage(NodeId node) const {
  WitnessAnswer out;
  out.quorate = is_up("storage");
  for (const NodeConfig& other : config_.nodes) {
    if (other.id == node) continue;
    const auto mark = marks_.find(other.id);
    // No mark proves nothing.
    if (mark == marks_.end() || scheduler_.now() - mark->second < config_.quorum.interval * intervals_of_life)
      out.fresh.insert(other.id);
  }
  out.text = out.quorate ? "own mark is renewed" : "the storage does not answer";
  return out;
}

std::vector<NodeId> SimGuards::side_of(NodeId node) const {
  std::vector<NodeId> out;
  for (const NodeConfig& other : config_.nodes)
    if (other.id == node || machines_.in_one_ring(node, other.id)) out.push_back(other.id);
  return out;
}

/// The larger side that reaches the device has its vote; of equal ones the one that had it, then the lowest node's.
void SimGuards::choose_side() {
  std::set<NodeId> best;
  bool best_had_it = false;
  for (const NodeConfig& node : config_.nodes) {
    if (!is_up("qdevice") || !machines_.daemon_lives(node.id) || !reaches_network(node.id)) continue;
    const std::vector<NodeId> members = side_of(node.id);
    const std::set<NodeId> side(members.begin(), members.end());
    const bool had_it = std::ranges::any_of(side, [&](NodeId n) { return chosen_.contains(n); });
    if (side.size() > best.size() || (side.size() == best.size() && had_it && !best_had_it)) {
      best = side;
      best_had_it = had_it;
    }
  }
  chosen_ = best;
}

WitnessAnswer SimGuards::ask_device(NodeId node) {
  const bool halves = nodes_ % 2 == 0;
  const std::size_t device = halves ? 1 : nodes_ - 1;
  const bool voted = chosen_.contains(node);
  const std::size_t votes = side_of(node).size() + (voted ? device : 0);
  return {2 * votes > nodes_ + device,
          {},
          format("{} of {} votes; the quorum device {} for this side", votes, nodes_ + device,
                 voted ? "votes" : "does not vote")};
}

}  // namespace holdfast::sim
