// The log lines of the runtime: one place for their ids (docs/messages.md) and their form (V1).
#pragma once

#include "ports/log_sink.h"

namespace holdfast::runtime {

/// 001xxx links, 002xxx membership and sync, 003xxx agents and resources, 005xxx daemon and engine, 006xxx guards;
/// 004xxx is the core's.
enum class Note : std::uint32_t {
  link_failed = 1001,
  link_restored = 1002,
  peer_failed = 1003,
  left_out = 1004,
  let_in = 1005,
  bridged = 1006,
  unheard = 1007,
  heard_again = 1008,

  view_changed = 2001,
  view_synced = 2002,
  member_excluded = 2003,
  self_set_aside = 2004,
  self_config_differs = 2006,
  leader_silent = 2007,
  digests_differ = 2008,
  second_daemon = 2009,
  member_silent = 2010,
  goodbye_heard = 2011,
  unknown_node = 2012,
  sync_repeated = 2013,
  sync_wanted = 2014,
  speaks_otherwise = 2015,
  self_speaks_otherwise = 2016,
  older_member = 2017,
  config_taken = 2020,
  config_conflict = 2021,
  config_conflict_elsewhere = 2022,
  config_displaced = 2023,

  operation_begins = 3001,
  operation_succeeded = 3002,
  operation_failed = 3003,
  adopted = 3004,
  found_failed = 3005,
  found_in_service = 3006,
  monitor_timed_out = 3007,
  monitor_not_run = 3008,
  probe_unanswered = 3009,
  hint = 3010,
  found_out_of_service = 3011,
  well_again = 3012,

  quorum_answered = 6001,
  quorum_refused = 6002,
  fencing_begins = 6003,
  fenced = 6004,
  fencing_failed = 6005,
  resetting = 6006,
  reset_failed = 6007,

  started = 5001,
  state_damaged = 5002,
  save_failed = 5003,
  stalled = 5004,
  hold_ended = 5005,
  engine_lost = 5006,
  engine_back = 5007,
  broken_message = 5008,
  rebooted = 5009,
  save_works = 5010,
  leaving = 5011,
  save_slow = 5012,
  message_too_big = 5013,
  engine_stalled = 5014,
  config_stored = 5030,
  config_not_stored = 5031,
  config_not_staged = 5032,
  node_removed = 5033,
  journal_gap = 5040,
  journal_works = 5041,
};

/// Writes lines. Cheap; all calls on the runtime's thread.
class Lines {
 public:
  explicit Lines(LogSink& sink) : sink_(sink) {}

  void write(Severity severity, const char* module, Note note, std::string text) {
    sink_.write({severity, module, {}, {}, static_cast<std::uint32_t>(note), std::move(text)});
  }
  /// About an operation of a resource.
  void write(Severity severity, Note note, const std::string& action, const ResourceName& resource, std::string text) {
    sink_.write({severity, "agents", action, resource, static_cast<std::uint32_t>(note), std::move(text)});
  }
  void write(const LogLine& line) { sink_.write(line); }

 private:
  LogSink& sink_;
};

}  // namespace holdfast::runtime
