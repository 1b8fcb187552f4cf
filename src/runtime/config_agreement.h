// Which configuration the members of a sync go on with, if they bring different ones (V9, B8). Pure: every member comes
// to the same answer.
#pragma once

#include <map>
#include <set>

#include "model/durable.h"
#include "model/event.h"

namespace holdfast::runtime {

/// The winner has the greatest generation; of several, that of more members; then that of the lowest node.
struct ConfigAgreement {
  ConfigStamp stamp;           ///< of the winner
  NodeId holder;               ///< the lowest member that has it: it hands it on
  std::set<NodeId> behind;     ///< they have one that the winner came from: they take the winner
  std::set<NodeId> forked;     ///< changed on another side of a split (B8): they take the winner and keep theirs beside
  std::set<NodeId> different;  ///< changed by hand: they take no part

  bool settled() const { return behind.empty() && forked.empty(); }
};

/// `reports` is not empty.
ConfigAgreement agree_on_config(const std::map<NodeId, MemberReport>& reports);

/// `later` came from `earlier` by live changes.
bool follows(const ConfigStamp& later, const ConfigStamp& earlier);

/// Of what nodes beyond this one's ring have, the latest that came from `own`; `known` is the best one so far, or null.
bool is_later(const ConfigStamp& offered, const ConfigStamp* known, const ConfigStamp& own);

/// What a node's last life left, when it takes a later configuration before it starts. What `after` takes from this
/// node may still run here, and is looked for (B8).
void take_later(DurableState& kept, const ConfigStamp& stamp, const ClusterConfig& before, const ClusterConfig& after,
                NodeId self);

/// The stamp of a file with this digest that a daemon finds at its start; `kept` is the one that its last life stored.
/// One that no live change made, nor came from, has generation 0: it was written by hand.
ConfigStamp stamp_of_file(const ConfigStamp& kept, Digest digest);

}  // namespace holdfast::runtime
