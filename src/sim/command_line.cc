#include "sim/command_line.h"

#include <cstdio>

namespace holdfast::sim {

namespace {
constexpr const char* usage =
    "usage: holdfast-sim scenario [--rewrite] [--trace] [--digest] FILE...\n"
    "       holdfast-sim run (--seeds A..B | --seed S) [--nodes N] [--hours H] [--first] [--digest] [--trace] "
    "[--journal FOLDER] [--bench]\n"
    "       holdfast-sim enumerate --nodes 2|3 [--part I/N] [--first] [--count]\n"
    "       holdfast-sim replay [--quiet] FILE|FOLDER...\n"
    "       holdfast-sim sweep [--every N] FILE...\n";
}

int run_command(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    std::fputs(usage, arguments.empty() ? stderr : stdout);
    return arguments.empty() ? 2 : 0;
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (arguments[0] == "scenario") return run_scenarios(rest);
  if (arguments[0] == "run") return run_seeds(rest);
  if (arguments[0] == "sweep") return run_sweep(rest);
  if (arguments[0] == "enumerate") return run_enumeration(rest);
  if (arguments[0] == "replay") return run_replay(rest);
  std::fprintf(stderr, "holdfast-sim: there is no \"%s\"; allowed: scenario, run, enumerate, replay, sweep\n%s",
               arguments[0].c_str(), usage);
  return 2;
}

}  // namespace holdfast::sim
