// Runs the operations of this node's resources: one at a time on each (R2), all of them side by side. Starts, stops and
// recoveries come from the core; monitors and probes come from here. What it finds goes into the fact book, and is
// told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "model/action.h"
#include "ports/agent_runner.h"
#include "ports/clock.h"
#include "runtime/check_result.h"
#include "runtime/fact_book.h"
#include "runtime/lines.h"

namespace holdfast::runtime {

class Executor {
 public:
  using Tell = std::function<void(Event)>;

  /// Everything must outlive the executor; `tell` gets every change of the book.
  Executor(const ClusterConfig& config, NodeId self, Clock& clock, AgentRunner& agents, FactBook& book, Lines& lines,
           Tell tell);
  ~Executor();

  /// An operation with an id that is under way is joined; one that has ended is told again. If the resource is busy
  /// with something else, the operation waits for its end, in place of one that waited before.
  void operate(const RunOperation& operation);

  /// Tells the version of a resource's present intent, so that what fails in service counts as tried for it (S1): only
  /// a newer intent starts it again, also if another life of this daemon had started it.
  void ask_versions(std::function<Version(const ResourceName&)> version_of) { version_of_ = std::move(version_of); }

  /// L5: while held, nothing that is ordered begins; what has begun goes on.
  void hold() { held_ = true; }
  void go_on();
  /// Forgets what was ordered and has not begun: the others went on without this node.
  void drop_waiting();

  /// Checks all resources side by side; calls `done` once, when all have answered or after `limit`. A second call drops
  /// the `done` of the first.
  void check_all(OperationKind kind, Micros limit, std::function<void()> done);

  /// The configuration changed: what runs goes on. A resource that is new here, or another thing than before, is
  /// unknown until it is probed; one that is configured no more is forgotten, whatever it does. One that was taken from
  /// this node, and does something here, is looked after until it is out of service (O7, B8).
  void reconfigure(const ClusterConfig& config);

  /// Such resources of an earlier life; before the first check.
  void look_after(const ClusterConfig& config, const std::set<ResourceName>& left_here);

  /// From now on every resource is monitored at its interval, and the slow ones that are not in service (R6) too.
  void monitor_from_now();

 private:
  struct Lane;
  bool held_ = false;
  std::function<Version(const ResourceName&)> version_of_;

  void probe_anew(Lane& lane, const ResourceConfig& resource);
  bool is_left_here(const ResourceName& name) const;
  void retire(const ResourceName& name);
  void drop_retired(const Lane& lane);
  void begin(Lane& lane);
  void end(Lane& lane, const RunOperation& operation, const OperationResult& result);
  void free_lane(Lane& lane);
  void check(Lane& lane, OperationKind kind);
  void take_check(Lane& lane, OperationKind kind, const OperationResult& result);
  void write_finding(const Lane& lane, const Judgement& judgement, const OperationResult& result);
  void write_end(const RunOperation& operation, const OperationResult& result);
  void put(Lane& lane, ResourceFact fact);
  void follow(Lane& lane);
  void unwatch(Lane& lane);
  void on_hint(Lane& lane, ResourceState observed, const std::string& why);
  void take_proof(Lane& lane, ResourceState observed, const std::string& why);
  OperationKind check_kind(const Lane& lane) const;
  void schedule(Lane& lane);
  void answered(Lane& lane);
  void end_round();

  const NodeId self_;
  Clock& clock_;
  AgentRunner& agents_;
  FactBook& book_;
  Lines& lines_;
  Tell tell_;
  std::map<ResourceName, Lane> lanes_;
  std::vector<std::map<ResourceName, Lane>::node_type> retired_;  ///< until their agents have ended
  bool monitoring_ = false;

  std::uint64_t round_ = 0;  ///< of check_all
  std::set<ResourceName> unanswered_;
  std::function<void()> round_done_;
  std::unique_ptr<Timer> round_limit_;
};

}  // namespace holdfast::runtime
