// holdfast: asks the daemon of this node, and shows its answers.
#include "cli/commands.h"

int main(int count, char** arguments) {
  const holdfast::cli::Console console = holdfast::cli::process_console();
  const holdfast::cli::Exit exit = holdfast::cli::run({arguments + 1, arguments + count}, console);
  console.out.flush();
  return static_cast<int>(exit);
}
