// A scenario as plain values: the cluster it plays in, and what happens. The language: docs/scenarios.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/config_patch.h"
#include "sim/world.h"

namespace holdfast::sim {

enum class Verb : std::uint8_t {
  start,
  stop,
  switchover,
  run,
  run_until_stable,
  crash,
  boot,
  stop_node,
  pause,
  pause_daemon,
  kill_daemon,
  kill_engine,
  cut,
  close_port,
  heal,
  heal_all,
  isolate,
  lossy,
  delay,
  jitter,
  die,
  appear,
  fail,
  hang,
  succeed,
  disk,
  fence_agent,
  witness,
  watchdog,
  maintenance,
  confirm,
  confirm_off,
  resolve,
  clock,
  apply,
  expect,
};

/// What an `expect` line asks for. `nodes` etc. of its statement are its objects.
enum class Expectation : std::uint8_t {
  state,         ///< resource, wanted_state, nodes (empty: on any)
  nowhere,       ///< resource
  nowhere_else,  ///< resource: than on the nodes that the expectation before named
  up,            ///< nodes[0]
  down,          ///< nodes[0]
  fenced,        ///< nodes[0]: by a fence agent, at any time
  reset,         ///< nodes[0]: by itself or its watchdog, at any time
  quorum,        ///< flag, on
  view,          ///< nodes: the members; on
  log,           ///< text, on, duration (within)
  no_log,        ///< text, on
  never_twice,   ///< resource
  no_operation,  ///< operation, resource, nodes[0]
  before,        ///< operation, resource, nodes[0]; then other_operation, other_resource, nodes[1]
  refused,
  outage_below,  ///< resource, duration
};

/// One line. Which fields are valid says `verb`; the parser has checked them.
struct Statement {
  std::size_t line = 0;
  std::string text;  ///< without comment and surrounding spaces
  Verb verb = Verb::run;
  std::vector<NodeId> nodes;
  ResourceName resource;
  std::optional<NodeId> on;
  std::optional<LinkIndex> link;
  std::optional<Micros> duration;
  Direction direction = Direction::both;
  Force force = Force::no;
  OperationKind operation = OperationKind::start;
  int number = -1;    ///< per cent of loss; times of a failure
  bool flag = false;  ///< maintenance, watchdog: on; witness: up; confirm, quorum: yes; stop_node: keep-resources
  DiskHealth disk = DiskHealth::well;
  FenceHealth fence = FenceHealth::ok;
  Expectation expectation = Expectation::state;
  ResourceState wanted_state = ResourceState::unknown;
  bool unprotected = false;  ///< with wanted_state in_service: and no other node could take it over
  OperationKind other_operation = OperationKind::start;
  ResourceName other_resource;
  std::string quoted;
  std::shared_ptr<ConfigOrder> order;  ///< apply
};

struct Scenario {
  WorldSettings world;
  std::vector<Statement> statements;
  std::string source;                             ///< all lines before `----`
  std::optional<std::vector<std::string>> story;  ///< the lines below `----`
};

/// Reads a scenario. The error is one line: `line N: what, and what is allowed`.
Result<Scenario> parse_scenario(std::string_view text);

/// Commands only, for a cluster that is given.
Result<Scenario> parse_commands(std::string_view text, WorldSettings world);

}  // namespace holdfast::sim
