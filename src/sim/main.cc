// holdfast-sim: replays scenarios and random runs in a simulated cluster.
#include "sim/command_line.h"

int main(int argc, char** argv) { return holdfast::sim::run_command(std::vector<std::string>(argv + 1, argv + argc)); }
