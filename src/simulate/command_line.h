// The program holdfast-simulate, as a function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace holdfast::simulate {

struct Options {
  std::string input;     ///< a file with GET /v1/simulation-input; "-": standard input
  std::string config;    ///< instead: a configuration file
  std::string scenario;  ///< a file with commands of the scenario language
  std::vector<std::pair<std::string, std::string>> faults;  ///< word and argument, in their order
  std::optional<Micros> after;  ///< between two faults; none: each when all is at rest again
  bool matrix = false;
  bool json = false;
  std::size_t rows = 25;  ///< of the matrix's table; 0: all
};

Result<Options> read_options(const std::vector<std::string>& arguments);

/// `journal ...` is for the simulator (sim/command_line.h); all else rehearses.
/// Exit code: 0 done, 1 failed, 2 wrong usage or unknown names (E1).
int run_command(const std::vector<std::string>& arguments);

}  // namespace holdfast::simulate
