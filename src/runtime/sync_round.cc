#include "runtime/sync_round.h"

#include <algorithm>
#include <tuple>

namespace holdfast::runtime {

namespace {

/// How much a cause says: a good-bye that one member heard outweighs that another never saw the node.
int weight(Absence absence) {
  switch (absence) {
    case Absence::left_in_order:
      return 3;
    case Absence::no_answer:
      return 2;
    case Absence::daemon_dead:
      return 1;
    default:
      return 0;
  }
}

/// Why `node` is away. The leader knows whose engine answers now; what happened before it came, the member with the
/// freshest facts of the node knows best.
Absence merged_absence(AbsentNode named, const std::map<NodeId, MemberReport>& reports) {
  if (named.absence != Absence::never_seen && named.absence != Absence::no_answer) return named.absence;
  std::tuple<std::uint64_t, std::uint64_t, int> best{0, 0, -1};
  Absence result = named.absence;
  for (const auto& [member, report] : reports) {
    const auto told = std::find_if(report.absent.begin(), report.absent.end(),
                                   [&](const AbsentNode& a) { return a.node == named.node; });
    if (told == report.absent.end() || told->absence == Absence::never_seen) continue;
    const auto facts = std::find_if(report.others.begin(), report.others.end(),
                                    [&](const NodeFacts& f) { return f.node == named.node; });
    const auto key = facts == report.others.end()
                         ? std::tuple(std::uint64_t{0}, std::uint64_t{0}, weight(told->absence))
                         : std::tuple(facts->incarnation, facts->sequence, weight(told->absence));
    if (key > best) {
      best = key;
      result = told->absence;
    }
  }
  // The leader sees no engine there any more, so the node is silent now.
  return result == Absence::daemon_dead ? Absence::no_answer : result;
}

}  // namespace

void SyncRound::begin(Epoch epoch, std::vector<NodeId> members, std::vector<AbsentNode> absent) {
  clear();
  under_way_ = true;
  epoch_ = epoch;
  members_ = std::move(members);
  absent_ = std::move(absent);
}

void SyncRound::clear() { *this = SyncRound{}; }

void SyncRound::add(NodeId member, MemberReport report) {
  const bool expected = std::find(members_.begin(), members_.end(), member) != members_.end();
  if (under_way_ && expected && !excluded_.contains(member)) reports_.try_emplace(member, std::move(report));
}

void SyncRound::exclude(const std::vector<NodeId>& nodes) {
  for (const NodeId node : nodes)
    if (!reports_.contains(node)) excluded_.insert(node);
}

std::vector<NodeId> SyncRound::missing() const {
  std::vector<NodeId> result;
  for (const NodeId member : members_)
    if (!reports_.contains(member) && !excluded_.contains(member)) result.push_back(member);
  return result;
}

ViewSynced SyncRound::result(const ClusterConfig& config) const {
  ViewSynced view;
  view.epoch = epoch_;
  const std::set<NodeId> different = agreement().different;
  std::map<NodeId, Absence> absent;
  for (const NodeId excluded : excluded_) absent[excluded] = Absence::set_aside;
  for (const auto& [member, report] : reports_) {
    if (config.node(member) == nullptr) continue;
    if (different.contains(member)) {
      absent[member] = Absence::config_differs;
      continue;
    }
    view.members.push_back(member);
    view.reports.push_back(report);
  }
  for (const AbsentNode& named : absent_) absent.try_emplace(named.node, merged_absence(named, reports_));
  for (const auto& [node, why] : absent)
    if (config.node(node) != nullptr) view.absent.push_back({node, why});
  return view;
}

}  // namespace holdfast::runtime
