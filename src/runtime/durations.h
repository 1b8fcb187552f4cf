// How long the operations of the whole cluster take, seen from one node: from the decision to the fact that ends it, as
// both come in the cluster's order. So every member measures all of them, and nobody has to send anything.
#pragma once

#include <deque>
#include <map>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "model/action.h"
#include "model/simulation.h"

namespace holdfast::runtime {

class Durations {
 public:
  /// After every step of the core. What failed or was overtaken does not count.
  void take(Instant now, const Event& event, const Outcome& outcome);
  std::vector<MeasuredTimes> measured() const;
  /// How many measurements take() has made.
  std::uint64_t count() const { return count_; }
  /// What an earlier daemon measured, of what is still configured.
  void remember(const std::vector<MeasuredTimes>& earlier, const ClusterConfig& config);

  static constexpr std::size_t kept = 20;  ///< of each node, resource and kind

 private:
  struct UnderWay {
    OperationId id;
    OperationKind kind = OperationKind::start;
    Instant begun;
  };
  using Key = std::tuple<NodeId, ResourceName, OperationKind>;

  std::map<std::pair<NodeId, ResourceName>, UnderWay> under_way_;
  std::map<Key, std::deque<std::uint64_t>> millis_;
  std::uint64_t count_ = 0;
};

}  // namespace holdfast::runtime
