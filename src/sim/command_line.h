// The program holdfast-sim, as a function.
#pragma once

#include <string>
#include <vector>

namespace holdfast::sim {

/// Exit code: 0 done, 1 failed, 2 wrong usage (E1).
int run_command(const std::vector<std::string>& arguments);

/// `scenario FILE...`
int run_scenarios(const std::vector<std::string>& arguments);
/// `run --seeds A..B ...`
int run_sweep(const std::vector<std::string>& arguments);
int run_seeds(const std::vector<std::string>& arguments);
/// `replay FILE...`: 1 if it did not come out as the journal says; 4 if this build cannot tell
int run_replay(const std::vector<std::string>& arguments);
/// What `holdfast journal` does: `list [FILE...]`, `replay [FILE...]`; without files: this machine's journal
int run_journal(const std::vector<std::string>& arguments);
/// `enumerate --nodes N`
int run_enumeration(const std::vector<std::string>& arguments);

}  // namespace holdfast::sim
