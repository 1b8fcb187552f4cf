// How an intent changes: the few ways in which a hierarchy gets another home, and stops are ordered.
#pragma once

#include <vector>

#include "model/state.h"

namespace holdfast::core {

/// The intent of a hierarchy, to be changed.
Intent& change_intent(ClusterState& state, const Hierarchy& hierarchy);

/// Wants `resource` no more, since the version that the intent has now.
void want_no_more(Intent& intent, const ResourceName& resource);
void want_nothing(Intent& intent);

/// Wants `resources` (and what they stand on) in service on `home`, together with all that was wanted of the hierarchy;
/// what cannot run there is wanted no more. Every start may be tried anew. What may still run there of a failed one is
/// stopped first (F5).
void want_on(ClusterState& state, const Hierarchy& hierarchy, NodeId home, const std::vector<ResourceName>& resources,
             IntentCause cause);

/// What of the hierarchy may run on `node`, or failed there, is stopped, top-down (F3).
void order_stops(ClusterState& state, const Hierarchy& hierarchy, NodeId node, StopCause cause);

/// One resource, with all above it that may run there. False if that was ordered already; the first cause counts.
bool order_stop(ClusterState& state, const Hierarchy& hierarchy, const ResourceName& resource, NodeId node,
                StopCause cause);

/// F3: everything wanted leaves its home and goes to `target`.
void move_hierarchy(ClusterState& state, const Hierarchy& hierarchy, NodeId target, IntentCause cause);

/// F7: it has moved so often by itself that it does so no more, for now or until an operator acts.
bool moved_too_often(const ClusterState& state, const Hierarchy& hierarchy);

/// An operator acted: what was tried and held back before counts no more (F7, O6).
void forget_failures(Intent& intent);

/// What is wanted of the hierarchy, and what that stands on, in start order.
std::vector<ResourceName> wanted_of(const ClusterState& state, const Hierarchy& hierarchy);

}  // namespace holdfast::core
