// The command line of holdfastd.
#pragma once

#include <string>
#include <variant>

#include "wire/versions.h"

namespace holdfast::daemon {

/// Where everything is. The defaults are those of an installed system.
struct Options {
  std::string config = "/etc/holdfast/holdfast.toml";
  std::string node;  ///< empty: the node with this machine's host name
  std::string state_dir = "/var/lib/holdfast";
  std::string run_dir = "/run/holdfast";
  std::string log_file = "/var/log/holdfast.log";
  std::string agent_dir;  ///< of holdfast-agent; empty: beside us, or as installed
  std::string corosync = "/usr/sbin/corosync";
  std::uint32_t journal_segments = 4;      ///< of the journal; 0: none is kept
  std::uint32_t journal_segment_size = 8;  ///< MiB
  wire::Speech speech;                     ///< hidden: less than this build speaks, to test rolling upgrades
};

struct Run {};
struct Check {
  std::string file;
};
struct CreateKey {
  std::string file;
};
struct ListAgents {
  bool json = false;
  bool names_only = false;
};
struct ShowAgent {
  std::string name;
  bool json = false;
};
/// Nothing to do but to end: help and version were printed, or the usage is wrong and was said on stderr (E1).
struct End {
  int exit_code = 0;
};

using Task = std::variant<Run, Check, CreateKey, ListAgents, ShowAgent, End>;

/// Fills `options` and says what to do.
Task parse_options(int argc, char** argv, Options& options);

}  // namespace holdfast::daemon
