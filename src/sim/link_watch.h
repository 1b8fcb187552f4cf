// What every node's engine measures of its paths: down after `timeout` of silence, up again after two answers, told by
// polls that are late and not ordered against views (engine.md 2.1). Polls are only simulated while something moves.
#pragma once

#include <functional>
#include <vector>

#include "base/random.h"
#include "ports/engine.h"
#include "sim/network.h"
#include "sim/rings.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

class LinkWatch {
 public:
  /// `tell` hands all samples of one node to its daemon.
  LinkWatch(Scheduler& scheduler, const Network& network, const Rings& rings, std::uint64_t seed,
            std::function<void(NodeId, std::vector<LinkSample>)> tell);

  Micros interval{200000};
  Micros timeout{800000};

  /// After every change of the network, and of engines that start, die, pause or resume.
  void reassess();
  /// The engine started anew: it has heard nothing yet.
  void forget(NodeId node);
  /// The node stood still for so long.
  void overslept(NodeId node, Micros pause);
  /// The node polls often for the next seconds: something moved, or a daemon has just connected.
  void look_closely(NodeId node);
  /// A path is about to change its measured state.
  bool settling() const { return settling_ > 0; }

 private:
  struct Path {
    bool raw = false;
    bool measured = false;
    std::uint32_t change = 0;
  };
  Path& path(NodeId node, NodeId peer, std::size_t link) {
    return paths_[((node.value - 1) * nodes_ + peer.value - 1) * links_ + link];
  }
  void raw_changed(NodeId node, NodeId peer, std::size_t link, bool raw);
  void measure(NodeId node, NodeId peer, std::size_t link, bool up, Micros after);
  void poll(NodeId node);
  void flap_lossy();

  Scheduler& scheduler_;
  const Network& network_;
  const Rings& rings_;
  Random random_;
  std::function<void(NodeId, std::vector<LinkSample>)> tell_;
  std::size_t nodes_;
  std::size_t links_;
  std::vector<Path> paths_;
  std::vector<Instant> close_until_;
  std::vector<Scheduler::Ticket> next_poll_;
  int settling_ = 0;
  bool flapping_ = false;
};

}  // namespace holdfast::sim
