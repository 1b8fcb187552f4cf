// The daemon's side: what it arms, and what it lets go again. A program that speaks as holdfast-watchdog does stands
// for it; the real one, with a kernel's device, is in tests/vm.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "../temporary_folder.h"
#include "adapters/watchdog/watchdog_client.h"
#include "base/format.h"

namespace holdfast {
namespace {

/// Arguments: file, socket. Says `words` to whoever connects, and writes to the file what it hears until the end.
constexpr const char* program_text = R"(#!/usr/bin/python3 -I
import os, socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[2] + '.new')
listening.listen()
os.rename(sys.argv[2] + '.new', sys.argv[2])
daemon, _ = listening.accept()
daemon.sendall(b'{}')
heard = daemon.makefile().read()
with open(sys.argv[1] + '.new', 'w') as file:
    file.write(heard)
os.rename(sys.argv[1] + '.new', sys.argv[1])
)";

class WatchdogClientTest : public testing::Test {
 protected:
  void feeder_says(const std::string& words) {
    std::ofstream(settings.program) << format(program_text, words);
    chmod(settings.program.c_str(), 0700);
  }

  std::string heard() const {
    for (int tries = 0; tries < 1000; ++tries) {
      if (std::ifstream file(settings.device); file) {
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return "nothing";
  }

  /// As an earlier daemon did.
  void start_feeder() const {
    const std::string line = format("{} {} {} &", settings.program, settings.device, settings.socket);
    ASSERT_EQ(std::system(line.c_str()), 0);
    struct stat status {};
    while (stat(settings.socket.c_str(), &status) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  TemporaryFolder folder;
  WatchdogSettings settings{folder / "feeder", folder / "heard", folder / "socket", Millis{5000}, Millis{20'000}};
  boost::asio::io_context loop;
  WatchdogClient client() {
    return {loop, settings, {[](const std::string&) {}, [] { return true; }, [](const std::string&) {}}};
  }
};

TEST_F(WatchdogClientTest, ArmedWhenAskedAfterItsTimeout) {
  feeder_says("armed Test\\nask 1\\nask 2\\n");
  {
    auto armed = client();
    const Result<std::string> name = armed.arm();
    ASSERT_TRUE(name) << name.error().text;
    EXPECT_EQ(*name, "Test");
  }
  EXPECT_EQ(heard(), "timeout 5000\n");
}

TEST_F(WatchdogClientTest, WhatItArmedForNothingIsLetGo) {
  feeder_says("armed Test\\nfailed it takes 60 s at the least\\nask 1\\n");
  const Result<std::string> armed = client().arm();
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().text, "it takes 60 s at the least");
  EXPECT_EQ(heard(), "timeout 5000\nrelease\n") << "or the machine would be reset, and again at the next try";
}

TEST_F(WatchdogClientTest, SilenceToo) {
  settings.arm_limit = Millis{3000};
  feeder_says("armed Test\\nask 1\\n");
  const Result<std::string> armed = client().arm();
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().text, format("{} does not answer at {}", settings.program, settings.socket));
  EXPECT_EQ(heard(), "timeout 5000\nrelease\n");
}

TEST_F(WatchdogClientTest, WhatAnEarlierDaemonLeftGuardsOn) {
  feeder_says("failed it takes 60 s at the least\\n");
  start_feeder();
  EXPECT_FALSE(client().arm());
  EXPECT_EQ(heard(), "timeout 5000\n") << "its services may run here, and the peers rely on the reset";
}

}  // namespace
}  // namespace holdfast
