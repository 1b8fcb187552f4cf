#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/tree.h"
#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Show : public testing::Test {
 protected:
  Show() {
    line_.change([](FakeService& service) {
      service.sample.serve_web(beta);
      service.sample.put("web", alpha, ResourceState::failed, "exit code 7");
      service.records = takeover_story();
    });
  }
  std::string out(const std::vector<std::string>& arguments) {
    const Ended ended = line_.run(arguments);
    EXPECT_EQ(ended.exit, cli::Exit::done) << ended.err;
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }

  CommandLine line_;
};

TEST_F(Show, Status) {
  EXPECT_THAT(out({"status"}), AllOf(HasSubstr("demo, seen by alpha"), HasSubstr("└─ web-ip"),
                                     HasSubstr("! web failed on alpha: exit code 7"), HasSubstr("Links of alpha")));
  const json status = json::parse(out({"status", "--json"}));
  EXPECT_EQ(status["resources"][1]["states"]["beta"], "unprotected");
}

TEST_F(Show, ResourceList) {
  EXPECT_EQ(out({"resource", "list"}),
            "RESOURCE  AGENT    STATE\n"
            "disk      script   out of service\n"
            "web       process  failed on alpha, unprotected on beta\n"
            "web-ip    ip       unprotected on beta\n");
  EXPECT_EQ(json::parse(out({"resource", "list", "--json"}))["resources"].size(), 3U);
}

TEST_F(Show, OneResource) {
  EXPECT_EQ(out({"resource", "show", "web"}), R"(web
on alpha          failed: exit code 7
on beta           unprotected
agent             process
depends on        web-ip
nodes             alpha, beta
wanted on         beta
monitor interval  10 s
timeouts          start 60 s, stop 60 s, monitor 20 s
local recovery    on
switchback        manual
parameters        command = ["/usr/sbin/nginx","-g","daemon off;"]
)");
  EXPECT_EQ(json::parse(out({"resource", "show", "web", "--json"}))["agent"], "process");
}

TEST_F(Show, Why) {
  const std::string text = out({"why", "web"});
  EXPECT_THAT(text,
              testing::StartsWith("web is in service on beta (unprotected: no other node could take it over now)\n"
                                  "  because: N4 alpha failed: web goes to beta, the highest-priority live node;\n"
                                  "  not alpha: it failed\n\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("  N1   alpha does not answer over any link: it failed\n"),
                          HasSubstr("  N4   alpha failed: web goes to beta"), HasSubstr("not alpha: it failed\n")));
  EXPECT_EQ(json::parse(out({"why", "web", "--json"}))["decisions"].size(), 3U);
}

TEST_F(Show, WhyTellsTheLastDecisionsUnlessAskedForAll) {
  line_.change([](FakeService& service) {
    for (int i = 0; i < 20; ++i) service.records.push_back(service.records[0]);
  });
  const std::string some = out({"why", "web"});
  const std::string all = out({"why", "web", "--all"});
  EXPECT_THAT(some, HasSubstr("(11 older ones: --all)"));
  EXPECT_LT(some.size(), all.size());
}

TEST_F(Show, Version) {
  EXPECT_EQ(out({"version"}), "holdfast " HOLDFAST_VERSION "\nholdfastd 0.1.0 on alpha, cluster demo\n");
  EXPECT_EQ(json::parse(out({"version", "--json"}))["cluster"], "demo");
}

TEST_F(Show, NamesForTheShell) {
  EXPECT_EQ(out({"completion", "bash", "--names", "resources"}), "disk\nweb\nweb-ip\n");
  EXPECT_EQ(out({"completion", "--names", "nodes"}), "alpha\nbeta\ngamma\n");
}

}  // namespace
}  // namespace holdfast::test
