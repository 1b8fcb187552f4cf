// Other programs of ours, found beside this one, and run with its terminal.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit.h"

namespace holdfast::cli {

/// The folder of this program.
std::string own_folder();
/// The daemon beside this command, in the sbin beside its bin, or wherever PATH has it; empty: nowhere.
std::string daemon_program();

struct Streams {
  int input = -1;      ///< a descriptor for its standard input; -1: ours
  bool quiet = false;  ///< what it says on standard output is not shown
};

/// Runs words[0], an absolute path, with the others as arguments, and waits. Its exit code is one of E1; one that it
/// did not mean, a signal, and that it could not be run are `failed`, and told.
Exit run_program(std::vector<std::string> words, Streams streams, const Console& console);

/// The daemon's program with these arguments; tells if there is none.
Exit run_daemon_program(std::vector<std::string> arguments, const Console& console);

}  // namespace holdfast::cli
