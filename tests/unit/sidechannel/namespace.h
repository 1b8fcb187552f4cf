// A network namespace of this test's own: it changes packet filters and addresses.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace holdfast::sidechannel {

/// The output of a command, errors included.
inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) text.push_back(static_cast<char>(c));
  pclose(pipe);
  return text;
}

class InNamespace : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    ASSERT_EQ(unshare(CLONE_NEWNET), 0);
    ASSERT_EQ(output_of("ip link set lo up && ip addr add fd00:77::1/128 dev lo && ip addr add fd00:77::2/128 dev lo"),
              "");
  }
};

}  // namespace holdfast::sidechannel
