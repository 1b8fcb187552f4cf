// holdfast-watchdog DEVICE SOCKET: started by holdfastd, which it outlives.
#include <cstdio>

#include "watchdog/server.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: holdfast-watchdog DEVICE SOCKET; it is started by holdfastd\n");
    return 2;
  }
  return holdfast::watchdog::serve({argv[1], argv[2]});
}
