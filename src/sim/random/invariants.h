// What must hold at every step of every run, whatever fails (architecture.md, section 5), and at rest after the last
// fault. Written from the contract, without a look at how the core decides.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/hierarchy.h"
#include "sim/random/in_force.h"
#include "sim/random/limits.h"
#include "sim/random/live_changes.h"
#include "sim/random/stop_reasons.h"
#include "sim/scenario/player.h"

namespace holdfast::sim {

class Invariants final : public WorldObserver, public Judge {
 public:
  /// Stops the world's time at the first violation. `world` must outlive it.
  explicit Invariants(World& world);

  /// The first violation, or nothing: `what at T ms`.
  std::optional<std::string> verdict() const override { return violation_; }
  /// No fault comes: an apply that changes nothing leads to nothing at all.
  void expect_no_faults() { live_changes_.expect_no_faults(); }
  /// After the last fault, when the cluster says that it is at rest (liveness).
  void check_rest();
  /// Hierarchies that were taken over, so far (N4).
  std::uint64_t failovers() const { return failovers_; }
  /// How often a node took another one for failed (N1).
  std::uint64_t node_failures() const { return node_failures_; }

  void on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) override;
  void on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) override;
  void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                        const OperationResult& result) override;
  void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) override;
  void on_request(const AskedRequest& request) override;
  void on_answer(const AskedRequest& request, const runtime::Answer& answer) override;
  void on_happening(NodeId node, const std::string& what) override;

 private:
  using Place = std::pair<NodeId, ResourceName>;
  /// Who decided the last start or stop of a resource on a node, knowing whom, and by which configuration.
  struct Decided {
    std::vector<NodeId> members;
    Structure by;
  };
  struct Presence {
    bool unnoticed = false;       ///< an agent outlived the daemon that began it, or it died by itself
    std::vector<NodeId> knowing;  ///< members of the view that decided its start
  };
  struct Positions {
    std::vector<std::pair<Digest, NodeId>> digests;  ///< and who was there first
  };

  void violate(const std::string& what);
  void check_digest(NodeId node, const Event& event, const ClusterState& state);
  void suspect(NodeId node, NodeId other, std::size_t position);
  std::string difference(NodeId node, const ClusterState& state) const;
  void check_start(NodeId node, const ResourceName& resource);
  void check_double(NodeId node, const ResourceName& resource, const Decided& decided);
  void check_fenced(NodeId node, const ResourceName& resource);
  void check_whole(NodeId node, const ResourceName& resource, const Decided& decided);
  void check_stop(NodeId node, const ResourceName& resource);
  void note_configuration(NodeId node, const ClusterState& state);
  void note_failure(const Event& event, const ClusterState& state);
  void note_decision(const RunOperation& action, const ClusterState& state);
  const ClusterState* last_state() const;
  void check_configured(NodeId node, const ClusterState& state);
  void check_wanted(const ClusterState& state);
  void check_wanted(const ClusterState& state, NodeId home, const ResourceName& resource);
  void check_beliefs(const ClusterState& state);
  void check_answers();
  void check_served(const ClusterState& state);
  void note_unkept(NodeId node);
  void note_split(NodeId node, const ResourceName& resource, const Decided& decided);
  bool runs(NodeId node, const ResourceName& resource) const;
  std::string name(NodeId node) const { return world_.config().name_of(node); }

  World& world_;
  InForce in_force_;
  StopReasons stop_reasons_;
  Limits limits_;
  LiveChanges live_changes_;
  std::uint64_t node_failures_ = 0;
  std::optional<std::string> violation_;
  std::uint64_t failovers_ = 0;
  bool fenced_ = false;  ///< every node has fence agents, and no operator took it upon himself (confirm-off, force)
  std::map<Epoch, Positions> positions_;
  std::map<NodeId, std::pair<Epoch, std::size_t>> position_;
  std::map<std::pair<Place, OperationKind>, Decided> decided_;
  std::map<Place, Presence> presence_;
  std::map<Place, std::uint32_t> under_way_;  ///< the daemon's life that runs an operation there
  std::map<Place, std::uint32_t> began_;      ///< the daemon's life that began the last start
  std::map<NodeId, std::uint32_t> lives_;
  HierarchyMarks split_hierarchies_;                 ///< two sides that did not hear each other ran parts of it
  HierarchyMarks asked_hierarchies_;                 ///< an operator asked to stop or move something of it
  HierarchyMarks failed_hierarchies_;                ///< something of it was told failed
  std::map<NodeId, std::set<ResourceName>> unkept_;  ///< by Hierarchy::key, what the last daemon there alone knew
  HierarchyMarks forgotten_hierarchies_;   ///< only a node knew what it wants, that went off before it was on disk
  std::map<ResourceName, NodeId> served_;  ///< was in service at some time, last there
  std::map<std::size_t, std::pair<NodeId, std::uint32_t>> open_requests_;
  std::set<std::size_t> answered_;
  std::set<std::pair<Epoch, ResourceName>> taken_over_;  ///< by Hierarchy::key
};

}  // namespace holdfast::sim
