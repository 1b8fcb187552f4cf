// May this node act? (G1, G2)
#pragma once

#include <string>

#include "core/node_failure.h"
#include "model/state.h"

namespace holdfast::core {

enum class Verdict : std::uint8_t { yes, no, unknown };

/// Whether `node`, a member, has quorum in this view. unknown: its witness has not answered for this view yet; or, of a
/// majority, some live in this ring and take no part just now: nothing is begun, and nothing given up.
Verdict quorum_of(const ClusterState& state, NodeId node);

/// Why it has none, as the end of a sentence.
std::string why_no_quorum(const ClusterState& state, NodeId node);

/// G2: what members without quorum run is ordered to stop, or they are reset.
void act_on_lost_quorum(ClusterState& state, Tell tell, Outcome& outcome);

}  // namespace holdfast::core
