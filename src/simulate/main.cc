// holdfast-simulate: what `holdfast simulate` and `holdfast journal` run: rehearses faults in a copy of a cluster's
// present, and plays a journal again.
#include "simulate/command_line.h"

int main(int argc, char** argv) {
  return holdfast::simulate::run_command(std::vector<std::string>(argv + 1, argv + argc));
}
