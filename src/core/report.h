// Writes actions and decisions into an outcome; every one with its reason (law 5).
#pragma once

#include "model/state.h"

namespace holdfast::core {

/// Message ids of the core (docs/messages.md).
enum class Message : std::uint32_t {
  node_failed = 4001,
  daemon_dead = 4002,
  node_left = 4003,
  node_set_aside = 4004,
  config_differs = 4005,
  waiting_for_peers = 4006,
  settled = 4007,
  takeover = 4010,
  no_takeover = 4011,
  takeover_waits = 4012,
  confirm_wanted = 4013,
  confirm_ended = 4014,
  start_failed_linux = 4020,
  start_failed_windows = 4021,
  stop_failed = 4022,
  resource_failed = 4023,
  recovery_failed = 4024,
  failover = 4025,
  failover_limit = 4026,
  failed_everywhere = 4027,
  policy_held = 4028,
  reset_ordered = 4029,
  request_accepted = 4030,
  request_answered = 4031,
  maintenance = 4032,
  leaving = 4033,
  switchback_waits = 4034,
  switchback = 4035,
  adopted = 4040,
  in_service_twice = 4041,
  start_at_boot = 4042,
  removed_lower_priority = 4043,
  operation = 4050,
  blocked = 4052,
  start_again = 4053,
  quorum_lost = 4060,
  fencing = 4061,
  node_off = 4062,
  fence_failed = 4063,
  fence_held = 4064,
  fence_limit = 4065,
  watchdog_wait = 4066,
  configuration_changed = 4080,
  no_longer_protected = 4081,
  no_longer_wanted = 4082,
  frozen = 4090,
};

void decide(Outcome& outcome, Message message, Severity severity, NodeId node, const ResourceName& resource,
            Reason reason);

void answer(ClusterState& state, Outcome& outcome, const RequestId& request, AnswerKind kind, std::string text);

}  // namespace holdfast::core
