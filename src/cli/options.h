// The command line as a plain value.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "cli/console.h"
#include "cli/exit.h"

namespace holdfast::cli {

inline constexpr const char* default_socket = "/run/holdfast/api.sock";

enum class Command : std::uint8_t {
  status,
  resource_list,
  resource_show,
  resource_start,
  resource_stop,
  resource_move,
  node_confirm_off,
  node_confirm,
  stop,
  maintenance_on,
  maintenance_off,
  split_plan,
  split_resolve,
  why,
  log,
  check,
  plan,
  apply,
  export_config,
  version,
  completion,
  simulate,
  journal,
  agent_list,
  agent_show,
  notify_test
};

struct Options {
  Command command = Command::status;
  std::string socket = default_socket;
  bool json = false;
  bool watch = false;
  std::string resource;
  std::string node;  ///< empty: none named
  bool yes = false;  ///< node confirm
  bool force = false;
  bool start = false;           ///< apply: what is new
  std::string base;             ///< apply: the plan's; empty: the present configuration
  bool keep_resources = false;  ///< stop
  bool dry_run = false;         ///< only show what would be done
  bool assume_yes = false;      ///< maintenance off: do not ask
  bool no_wait = false;
  Millis timeout{60000};
  bool all = false;  ///< why: every remembered decision
  std::string file;  ///< check: the configuration; log: the log file, empty: the daemon's
  bool follow = false;
  std::size_t lines = 100;  ///< log: the last so many; 0: all
  std::string level;
  std::string module;
  std::string since;
  std::vector<std::string> passed;  ///< simulate, journal: the options of holdfast-simulate
  std::string agent;                ///< agent show
  bool names_only = false;          ///< agent list
  std::string target;               ///< notify test; empty: all
  std::string names;                ///< completion: "resources" or "nodes" instead of the script
};

/// The options, or the exit code after the help was printed or the mistake was told.
std::variant<Options, Exit> parse_options(const std::vector<std::string>& arguments, const Console& console);

}  // namespace holdfast::cli
