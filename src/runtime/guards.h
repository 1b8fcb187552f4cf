// The guards of this node (G1 to G3, F4): asks its witness in every view, runs the fence agents that it is ordered to
// run, resets the node. What it finds goes into the fact book, and is told. No policy here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/action.h"
#include "ports/clock.h"
#include "runtime/fact_book.h"
#include "runtime/guard_ports.h"
#include "runtime/lines.h"

namespace holdfast::runtime {

class Guards {
 public:
  using Tell = std::function<void(Event)>;

  /// Everything must outlive the guards; `tell` gets every change of the book.
  Guards(NodeId self, QuorumKind kind, Clock& clock, GuardPorts ports, FactBook& book, Lines& lines, Tell tell);

  /// The configuration is another one (O7). Another witness is asked at once; what the former one said is forgotten.
  void reconfigure(const ClusterConfig& before, const std::shared_ptr<const ClusterConfig>& config);

  /// A view is agreed: the witness is asked for it, at once and from then on. Who is a member is not fenced any more.
  void entered(const Epoch& epoch, const std::vector<NodeId>& members);
  /// No view is agreed: no answer counts.
  void left();

  /// The target's level as `config` has it. An order with the id of a run that is known is told again; one for the
  /// level that runs already joins it.
  void fence(const FenceNode& order, const ClusterConfig& config);
  void reset(const ResetNode& order);

  /// L5: while held, no fence agent begins; what has begun goes on.
  void hold() { held_ = true; }
  void go_on();
  /// Forgets what was ordered and has not begun.
  void drop_waiting() { waiting_.clear(); }

 private:
  void listen();
  void ask();
  void take(std::uint64_t witness, const Epoch& asked_in, WitnessAnswer answer);
  void ask_after(Micros delay);
  struct Ordered {
    FenceNode order;                 ///< the last that joined
    std::optional<FenceOrder> what;  ///< none: there is no such level
  };
  void begin(const Ordered& ordered);
  void ended(NodeId target, const FenceResult& result);
  void tell_fence(NodeId target, FenceFact fact);

  NodeId self_;
  Clock& clock_;
  GuardPorts ports_;
  FactBook& book_;
  Lines& lines_;
  Tell tell_;
  bool held_ = false;

  std::optional<Epoch> epoch_;  ///< of the view that is agreed
  std::vector<NodeId> members_;
  std::uint64_t witness_ = 0;  ///< which one is asked: counts them
  QuorumKind kind_;
  bool asking_ = false;
  bool ask_again_ = false;  ///< the view changed while the witness was being asked
  int refusals_ = 0;        ///< answers without quorum in a row
  std::unique_ptr<Timer> next_question_;

  std::map<NodeId, FenceNode> running_;  ///< by target: the last order that joined the run
  std::uint64_t runs_ = 0;
  std::map<NodeId, std::uint64_t> latest_;  ///< by target: a run that another one replaced tells nothing
  std::vector<Ordered> waiting_;
  std::optional<Instant> reset_failed_;
};

}  // namespace holdfast::runtime
