// Whose links come and go so fast that no view can last (L9): such a peer counts as silent until it has been steady for
// a while. Pure and per node; never replicated.
#pragma once

#include <deque>
#include <map>

#include "base/ids.h"
#include "base/time.h"

namespace holdfast::core {

struct FlapLimits {
  std::size_t failures = 3;             ///< so many ...
  Micros within = Millis{15'000};       ///< ... within this time are too many
  Micros steady = Millis{5'000};        ///< so long it must answer without a break to count again
  Micros most_steady = Millis{60'000};  ///< the wait doubles with every time, up to this
};

class FlapJudge {
 public:
  explicit FlapJudge(FlapLimits limits = {}) : limits_(limits) {}

  /// The peer answers from now on, or does not.
  void on_change(NodeId peer, bool answers, Instant now);
  /// True while the peer does not count although it may answer now. Ends a peer's time by itself.
  bool restless(NodeId peer, Instant now);
  /// Some peer's time may end just by waiting.
  bool any_restless() const;
  const FlapLimits& limits() const { return limits_; }

 private:
  struct Peer {
    bool answers = false;
    bool restless = false;
    Instant since;  ///< it has answered, or not answered
    Micros wait{0};
    std::deque<Instant> failures;
  };
  FlapLimits limits_;
  std::map<NodeId, Peer> peers_;
};

}  // namespace holdfast::core
