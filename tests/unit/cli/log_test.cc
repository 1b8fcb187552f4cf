#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;

const std::string one = "2026-01-31T12:00:00.000+00:00 alpha holdfastd[1]: INFO:core:start:web-ip:004050:one\n";
const std::string two = "2026-01-31T12:00:01.000+00:00 alpha holdfastd[1]: ERROR:core:start:web:004020:two\n";
const std::string links =
    "2026-01-31T12:00:02.000+00:00 alpha holdfastd[1]: WARN:links:::003001: COMMUNICATION TO beta BY "
    "10.77.1.1/10.77.1.2 "
    "FAILED AT: Sat Jan 31 12:00:02 2026\n";

class LogOfANode : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(file_, std::ios::app) << text << std::flush; }
  std::string out(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "log");
    const Ended ended = line_.run(arguments);
    EXPECT_EQ(ended.exit, cli::Exit::done) << ended.err;
    return ended.out;
  }

  CommandLine line_;
  std::string file_ = line_.file("holdfast.log");
};

TEST_F(LogOfANode, IsReadFromTheFileThatTheDaemonNames) {
  write(one + two + links);
  line_.change([&](FakeService& service) { service.log_file = file_; });
  EXPECT_EQ(out({}), one + two + links);
  EXPECT_EQ(out({"--lines", "1"}), links);
  EXPECT_EQ(out({"--level", "warn"}), two + links);
  EXPECT_EQ(out({"--resource", "web"}), two);
  EXPECT_EQ(out({"--module", "links"}), links);
  EXPECT_EQ(out({"--node", "beta"}), "");
  EXPECT_EQ(out({"--since", "2026-01-31T12:00:01Z", "--level", "error"}), two);
}

TEST_F(LogOfANode, IsReadFromAGivenFileWithoutADaemon) {
  write(one);
  line_.stop_daemon();
  EXPECT_EQ(out({"--file", file_}), one);
}

TEST_F(LogOfANode, ComesFromTheDaemonsMemoryWhereItsFileCannotBeRead) {
  line_.change([&](FakeService& service) {
    service.log_file = "/does/not/exist";
    for (std::string line : {one, two}) {
      line.pop_back();
      service.tail.add(line);
    }
  });
  EXPECT_EQ(out({}), one + two);
  EXPECT_EQ(out({"--level", "error", "--resource", "web", "--since", "2026-01-31T12:00:01Z"}), two);
  EXPECT_EQ(out({"--lines", "1"}), two);
}

/// Runs `log --follow` in a thread of its own.
class Following {
 public:
  Following(const std::string& socket, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--socket", socket, "log", "--follow"});
    thread_ = std::thread([this, arguments] {
      std::ostream out(&out_);
      std::ostream err(&err_);
      cli::Console console{out, err};
      console.ended = [this] { return ended_.load(); };
      cli::run(arguments, console);
    });
  }
  ~Following() {
    ended_ = true;
    thread_.join();
  }
  bool shows(const std::string& text) {
    return eventually([&] { return out_.text() == text; });
  }
  std::string text() const { return out_.text(); }

 private:
  std::atomic<bool> ended_{false};
  SharedText out_;
  SharedText err_;
  std::thread thread_;
};

TEST_F(LogOfANode, IsFollowedInItsFileAlsoOverARotation) {
  write(one);
  Following following(line_.socket(), {"--file", file_, "--level", "warn"});
  write(two.substr(0, 10));
  write(two.substr(10) + one);
  EXPECT_TRUE(following.shows(two)) << following.text();
  std::rename(file_.c_str(), line_.file("holdfast.log.1").c_str());
  write(links);
  EXPECT_TRUE(following.shows(two + links)) << following.text();
}

TEST_F(LogOfANode, IsFollowedInTheDaemonsMemory) {
  const auto add = [&](std::string line) {
    line.pop_back();
    line_.change([&](FakeService& service) { service.tail.add(line); });
  };
  add(one);
  Following following(line_.socket(), {});
  EXPECT_TRUE(following.shows(one)) << following.text();
  add(two);
  EXPECT_TRUE(following.shows(one + two)) << following.text();
}

}  // namespace
}  // namespace holdfast::test
