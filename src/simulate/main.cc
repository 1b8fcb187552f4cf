// holdfast-simulate: what `holdfast simulate` runs: rehearses faults in a copy of a cluster's present.
#include "simulate/command_line.h"

int main(int argc, char** argv) {
  return holdfast::simulate::run_command(std::vector<std::string>(argv + 1, argv + argc));
}
