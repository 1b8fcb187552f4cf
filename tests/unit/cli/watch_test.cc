#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

TEST(StatusWatch, ShowsEveryChangeAndSurvivesTheDaemonsRestart) {
  CommandLine line;
  std::atomic<bool> ended{false};
  SharedText out_text;
  SharedText err_text;
  std::ostream out(&out_text);
  std::ostream err(&err_text);
  cli::Console console{out, err};
  console.ended = [&] { return ended.load(); };
  cli::Exit exit = cli::Exit::failed;
  std::thread command([&] { exit = cli::run({"--socket", line.socket(), "status", "--watch"}, console); });
  const auto shows = [&](const std::string& text) {
    return eventually([&] { return out_text.text().find(text) != std::string::npos; });
  };

  EXPECT_TRUE(shows("wanted nowhere"));
  line.change([](FakeService& service) { service.sample.serve_web(beta); });
  EXPECT_TRUE(shows("web        ○ out of service  ● in service"));
  line.stop_daemon();
  EXPECT_TRUE(eventually([&] { return err_text.text().find("is gone; trying again") != std::string::npos; }));
  line.start_daemon();
  line.change(
      [](FakeService& service) { service.sample.put("web", alpha, ResourceState::failed, "after the restart"); });
  EXPECT_TRUE(shows("after the restart"));

  ended = true;
  command.join();
  EXPECT_EQ(exit, cli::Exit::done);
}

}  // namespace
}  // namespace holdfast::test
