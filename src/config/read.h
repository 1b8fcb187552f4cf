// The configuration file of a cluster (docs/man/holdfast.toml.5): TOML text in, a ClusterConfig or every mistake out.
// Source of the rules: R1, R3, L1, L6, E1 of the contract. Any thread; no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace holdfast::config {

/// One mistake, or one warning, and its place.
struct Problem {
  std::string file;
  int line = 0;    ///< from 1; 0: the file as a whole
  int column = 0;  ///< from 1; 0: not known
  std::string text;
  bool warning = false;  ///< the configuration can be used all the same

  bool operator==(const Problem&) const = default;
};

/// `file:line: what; what is allowed`, one line without a newline. A warning says so after the line number.
std::string to_line(const Problem& problem);

struct ReadOutcome {
  std::optional<ClusterConfig> config;  ///< none if any problem is not a warning: nothing is half applied (E1)
  std::vector<Problem> problems;        ///< every one that the file has, in the order of its lines
};

/// The largest file, in bytes, and the most resources that are read.
inline constexpr std::size_t largest_file = 1024 * 1024;
inline constexpr std::size_t most_resources = 1000;

/// Reads the text of a file. Pure: `file_name` is only named in the problems. Text that is not TOML gives one problem,
/// because nothing can be known of the rest.
ReadOutcome read_config(std::string_view text, const std::string& file_name);

/// Reads a file; one that cannot be read is one problem with line 0.
ReadOutcome read_config_file(const std::string& path);

}  // namespace holdfast::config
