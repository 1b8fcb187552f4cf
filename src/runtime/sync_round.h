// One sync of a view, from SyncStart to ViewSynced (engine.md 4.2). Pure: every member feeds the same messages in the
// same order and gets the same ViewSynced.
//
//   idle --begin(SyncStart)--> collecting --all reported or excluded--> complete --result()--> idle
#pragma once

#include <map>
#include <set>
#include <vector>

#include "model/config.h"
#include "model/event.h"
#include "runtime/config_agreement.h"

namespace holdfast::runtime {

class SyncRound {
 public:
  /// Begins anew, whatever was under way.
  void begin(Epoch epoch, std::vector<NodeId> members, std::vector<AbsentNode> absent);
  void clear();

  bool under_way() const { return under_way_; }
  const Epoch& epoch() const { return epoch_; }
  /// Absent ones as the leader named them.
  const std::vector<AbsentNode>& absent() const { return absent_; }

  void add(NodeId member, MemberReport report);
  /// The leader closes the round without these; one that has reported by then stays.
  void exclude(const std::vector<NodeId>& nodes);
  /// Neither reported nor excluded.
  std::vector<NodeId> missing() const;
  /// Of a complete round. If it is not settled, the winner is handed on first, and the round begins anew.
  ConfigAgreement agreement() const { return agree_on_config(reports_); }
  bool complete() const { return under_way_ && missing().empty() && !reports_.empty(); }

  /// The agreed view: members whose configuration is not the agreed one, and excluded ones, are absent. `config` names
  /// the configured nodes.
  ViewSynced result(const ClusterConfig& config) const;

 private:
  bool under_way_ = false;
  Epoch epoch_;
  std::vector<NodeId> members_;
  std::vector<AbsentNode> absent_;
  std::map<NodeId, MemberReport> reports_;
  std::set<NodeId> excluded_;
};

}  // namespace holdfast::runtime
