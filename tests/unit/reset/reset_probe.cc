// Resets the machine of the test bed that it runs in (F4, G2), and no other: only there is a boot id mounted over the
// kernel's own.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "adapters/reset/kernel_reset.h"

int main(int argc, char** argv) {
  if (argc != 2 || (std::strcmp(argv[1], "reboot") != 0 && std::strcmp(argv[1], "halt") != 0)) {
    std::fprintf(stderr, "usage: reset_probe reboot|halt\n");
    return 2;
  }
  std::string own;
  std::string kernels;
  std::ifstream("/run/boot_id") >> own;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> kernels;
  if (own.empty() || own != kernels) {
    std::fprintf(stderr, "reset_probe: this is no machine of the test bed\n");
    return 2;
  }
  holdfast::KernelReset reset;
  const bool reboot = std::strcmp(argv[1], "reboot") == 0;
  const std::string why = reset.reset(reboot ? holdfast::ResetHow::reboot : holdfast::ResetHow::halt);
  std::fprintf(stderr, "reset_probe: %s\n", why.c_str());
  return 1;
}
