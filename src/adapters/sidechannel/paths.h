// Which peers answer, by probes that come back: a probe carries the time of the newest one that its sender got from us,
// so an answer proves both directions of one link, and nothing old can be mistaken for it. Pure; one thread.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "adapters/sidechannel/probe.h"
#include "base/time.h"
#include "model/reach.h"

namespace holdfast::sidechannel {

class Paths {
 public:
  /// A link is silent when nothing came back for so long.
  explicit Paths(Micros silence) : silence_(silence) {}

  /// What the next probe to this peer over this link shall say of the paths.
  Probe next(NodeId peer, LinkIndex link, Instant now) const;
  void on_probe(NodeId peer, const Probe& probe, Instant now);
  /// This node stood still for so long: that is not the peers' silence.
  void forgive(Micros time);

  /// Links on which peers answer, ascending.
  std::vector<ReachPath> answering(Instant now) const;

 private:
  struct Path {
    std::uint64_t newest = 0;  ///< `sent` of their newest probe
    Instant proven;            ///< when that of our probes was sent that they answered last
    bool ever = false;
  };
  Micros silence_;
  std::map<std::pair<NodeId, LinkIndex>, Path> paths_;
};

}  // namespace holdfast::sidechannel
