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
  start_failed_linux = 4020,
  start_failed_windows = 4021,
  stop_failed = 4022,
  resource_failed = 4023,
  request_accepted = 4030,
  request_answered = 4031,
  adopted = 4040,
  in_service_twice = 4041,
  start_at_boot = 4042,
  operation = 4050,
  blocked = 4052,
  frozen = 4090,
};

void decide(Outcome& outcome, Message message, Severity severity, NodeId node, const ResourceName& resource,
            Reason reason);

void answer(ClusterState& state, Outcome& outcome, const RequestId& request, AnswerKind kind, std::string text);

}  // namespace holdfast::core
