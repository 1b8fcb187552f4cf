// What a live change may do and what not (O7, V9): it comes only from what is planned against the present one, stops
// nothing, and the same one twice changes nothing. Judged from what each node is told and orders.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/state.h"

namespace holdfast::sim {

class LiveChanges {
 public:
  /// `runs`: the resource really runs there, with the knowledge of its daemon.
  using Runs = std::function<bool(NodeId, const ResourceName&)>;
  explicit LiveChanges(Runs runs) : runs_(std::move(runs)) {}

  /// What is done at the very time of an apply is done for its sake.
  void expect_no_faults() { no_faults_ = true; }
  /// A daemon that starts has read its configuration from its file.
  void on_start(NodeId node) { seen_.erase(node); }
  /// One step of `node`; what it broke, or nothing. `now`: simulated time.
  std::optional<std::string> on_step(NodeId node, Instant now, const Event& event, const Outcome& outcome,
                                     const ClusterState& state);
  /// Live changes that were adopted, counted once on every node.
  std::uint64_t adopted() const { return adopted_; }

 private:
  using Broken = std::optional<std::string>;
  using Stops = std::set<std::pair<NodeId, ResourceName>>;
  struct Seen {
    std::shared_ptr<const ClusterConfig> config;
    ConfigStamp stamp;
    std::vector<NodeId> members;  ///< of its view
    Stops stops;                  ///< that are ordered and have not succeeded
    Instant last;                 ///< step
    bool quiet = false;           ///< nothing happened for a while before the present step
  };

  Broken check_asked(const Seen& before, const Request& request, const Outcome& outcome,
                     const ClusterState& state) const;
  Broken check_unchanged(const Seen& before, const Outcome& outcome) const;
  Broken check_adopted(const Seen& before, const ClusterState& state) const;
  Broken check_held(const Seen& before, const ClusterState& state) const;
  static Broken check_new_stops(const Seen& before, const ClusterState& state);

  Runs runs_;
  std::map<NodeId, Seen> seen_;
  std::uint64_t adopted_ = 0;
  bool no_faults_ = false;
};

}  // namespace holdfast::sim
