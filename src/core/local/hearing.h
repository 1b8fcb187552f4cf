// Whom this node hears, by two witnesses: the probes of the side channel, and the heartbeats that the engine measures
// on its links.
//
// The probes are what counts: they know of a cut within a second, while the engine takes a link that was down before
// for up to ten times its timeout for up (knet's back-off; measured: 4 s). But a firewall may drop the probes alone,
// and that is no cut (L9). The engine's word counts instead where it is worth something: the link came up after the
// probes fell silent, or it is still up when the longest back-off is over.
//
//   probes answer --silence--> unclear --links down--> silent
//                                  \--links up for longer than any back-off, or up anew--> by the engine alone
//
// Pure and per node; never replicated.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/facts.h"
#include "model/reach.h"

namespace holdfast::core {

struct HearingLimits {
  Micros longest_backoff = Millis{11'000};  ///< a link that is up for so long after the probes ended is really up
  Micros grace = Millis{4'000};             ///< a node that was never heard may still be starting its engine
  Micros tell = Millis{5'000};              ///< so long only the engine hears a link before it is told
};

HearingLimits hearing_limits(const Detection& detection);

class Hearing {
 public:
  Hearing(NodeId self, const ClusterConfig& config, HearingLimits limits, Instant now);

  /// The links on which probes come back, all of them.
  void on_paths(const std::vector<ReachPath>& answering, Instant now);
  /// The engine's links, polled now.
  void on_links(const std::vector<LinkFact>& polled, Instant now);
  /// This node or its engine stood still: how long probes have been silent meanwhile says nothing.
  void on_stall(Instant now);
  /// Something of this node's daemon came, if only through others; or has not for a while.
  void on_alive(NodeId peer, Instant now);
  void on_lost(NodeId peer);

  /// Peers that count as heard; ascending.
  std::vector<NodeId> answering(Instant now) const;
  /// Peers that do not, but whose links the engine still calls up: nobody knows yet; ascending.
  std::vector<NodeId> unclear(Instant now) const;
  /// Links that the engine hears and the probes do not, or did when it was told last; ascending.
  const std::vector<ReachPath>& unheard() const { return unheard_; }

  struct News {
    ReachPath path;
    bool unheard = false;  ///< else it is heard again
  };
  /// What changed in unheard(), once for every change. To be called now and then.
  std::vector<News> look(Instant now);

 private:
  struct Path {
    bool probes = false;
    Instant probes_since;  ///< they answer, or do not
    bool up = false;
    Instant up_since;
    Instant polled;  ///< last
  };
  struct Peer {
    bool ever = false;  ///< heard, by any witness
    bool alive = false;
    Instant alive_since;
    std::vector<Path> paths;
  };
  bool by_engine(const Path& path) const;
  bool heard(const Peer& peer, Instant now) const;
  bool told(const ReachPath& path) const;

  HearingLimits limits_;
  std::map<NodeId, Peer> peers_;
  std::vector<ReachPath> unheard_;
};

}  // namespace holdfast::core
