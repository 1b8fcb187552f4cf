#include "config/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.h"
#include "sample.h"

namespace holdfast::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReadConfig, SampleIsRight) {
  const ReadOutcome outcome = read_config(edited({}), "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  const ClusterConfig& c = *outcome.config;
  EXPECT_EQ(c.name, "demo");
  EXPECT_EQ(c.profile, Profile::linux_like);
  EXPECT_EQ(c.engine, EngineKind::corosync);
  EXPECT_EQ(c.detection, Detection{});
  EXPECT_EQ(c.startup_wait, Millis{30000});
  EXPECT_EQ(c.daemon_grace, Millis{10000});
  EXPECT_EQ(c.port, 5405u);
  EXPECT_EQ(c.key_file, "/etc/holdfast/authkey");
  ASSERT_EQ(c.nodes.size(), 2u);
  EXPECT_EQ(c.nodes[0], (NodeConfig{NodeId{1}, "alpha", {"10.77.1.1", "10.77.2.1"}}));
  EXPECT_EQ(c.nodes[1], (NodeConfig{NodeId{2}, "beta", {"10.77.1.2", "10.77.2.2"}}));
  ASSERT_EQ(c.resources.size(), 2u);
  const ResourceConfig& web = c.resources.at(ResourceName{"web"});
  EXPECT_THAT(web.nodes, ElementsAre(NodeId{1}, NodeId{2}));
  EXPECT_THAT(web.depends_on, ElementsAre(ResourceName{"web-ip"}));
  EXPECT_EQ(web.timeouts, Timeouts{});
  EXPECT_EQ(web.switchback, Switchback::manual);
  EXPECT_TRUE(web.policy.local_recovery);
}

TEST(ReadConfig, EverySettingArrives) {
  const ReadOutcome outcome = read_config(R"(
[cluster]
name = "prod.1"
profile = "windows"
detection = { interval = "5s", misses = 3 }
startup_wait = "1m"
daemon_grace = "500ms"
engine = "corosync"
port = 6000
key_file = "/root/key"
[[node]]
name = "alpha"
links = ["fd00:0:0::1", "10.77.2.1"]
[[node]]
name = "beta"
links = ["fd00::2", "10.77.3.1"]
[[resource]]
name = "db"
agent = "ocf:heartbeat:pgsql"
nodes = ["beta", "alpha"]
monitor_interval = "2m"
monitor_timeouts = 3
timeouts = { start = "1h", stop = "90s", monitor = "1500ms" }
switchback = "automatic"
local_recovery = false
)",
                                          "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  const ClusterConfig& c = *outcome.config;
  EXPECT_EQ(c.profile, Profile::windows_like);
  // LifeKeeper's 5 s x 3 (L6): a link is down after 15 s; token and consensus (1.2 tokens) end at 15 s as well.
  EXPECT_EQ(c.detection, (Detection{"custom", Millis{6818}, Millis{5000}, Millis{15000}}));
  EXPECT_EQ(c.startup_wait, Millis{60000});
  EXPECT_EQ(c.daemon_grace, Millis{500});
  EXPECT_EQ(c.port, 6000u);
  EXPECT_EQ(c.key_file, "/root/key");
  EXPECT_THAT(c.nodes[0].links, ElementsAre("fd00::1", "10.77.2.1"));
  const ResourceConfig& db = c.resources.at(ResourceName{"db"});
  EXPECT_THAT(db.nodes, ElementsAre(NodeId{2}, NodeId{1}));
  EXPECT_EQ(db.monitor_interval, Millis{120000});
  EXPECT_EQ(db.monitor_timeouts, 3u);
  EXPECT_EQ(db.timeouts, (Timeouts{Millis{3600000}, Millis{90000}, Millis{1500}}));
  EXPECT_EQ(db.switchback, Switchback::automatic);
  EXPECT_FALSE(db.policy.local_recovery);
}

TEST(ReadConfig, NamedDetections) {
  const auto detection = [](const std::string& name) {
    const auto outcome = read_config(edited({{2, "name = \"demo\"\ndetection = \"" + name + "\""}}), "h.toml");
    return outcome.config ? outcome.config->detection : Detection{"none", {}, {}, {}};
  };
  EXPECT_EQ(detection("fast"), (Detection{"fast", Millis{100}, Millis{200}, Millis{800}}));
  EXPECT_EQ(detection("normal"), (Detection{"normal", Millis{250}, Millis{200}, Millis{800}}));
  EXPECT_EQ(detection("relaxed"), (Detection{"relaxed", Millis{2200}, Millis{500}, Millis{4000}}));
}

TEST(ReadConfig, ParametersBecomeText) {
  const ReadOutcome outcome = read_config(
      edited({{15, "agent = \"ocf:heartbeat:Dummy\""}, {16, "[resource.parameters]"}, {17, R"(text = "daemon off;"
number = -7
truth = true
list = ["a", "b \"q\" \\", 3, false, "tab\there"]
table = { A = "x", b = [1, { c = "d" }] }
empty = []
utf8 = ["äöü"])"}}),
      "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  const std::map<std::string, std::string> expected{
      {"text", "daemon off;"},
      {"number", "-7"},
      {"truth", "true"},
      {"list", R"(["a","b \"q\" \\",3,false,"tab\u0009here"])"},
      {"table", R"({"A":"x","b":[1,{"c":"d"}]})"},
      {"empty", "[]"},
      {"utf8", "[\"äöü\"]"},
  };
  EXPECT_EQ(outcome.config->resources.at(ResourceName{"web"}).parameters, expected);
}

TEST(ReadConfig, OneNodeWithLocalEngineNeedsNoLinks) {
  const ReadOutcome outcome =
      read_config("[cluster]\nname = \"demo\"\nengine = \"local\"\n[[node]]\nname = \"alpha\"\n", "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  EXPECT_EQ(outcome.config->engine, EngineKind::local);
}

TEST(ReadConfig, SharesAreNoDevices) {
  const auto two_mounts = [](const std::string& device, const std::string& more) {
    std::string out = edited({});
    for (const std::string name : {"a", "b"})
      out += "[[resource]]\nname = \"" + name + "\"\nagent = \"ocf:heartbeat:Filesystem\"\nparameters = { device = \"" +
             device + "\", directory = \"/srv/" + name + "\"" + more + " }\n";
    return read_config(out, "h.toml").problems.size();
  };
  EXPECT_EQ(two_mounts("tmpfs", ""), 0u);
  EXPECT_EQ(two_mounts("server:/export", ""), 0u);
  EXPECT_EQ(two_mounts("/srv/shared", ", options = \"bind\""), 0u);
  EXPECT_EQ(two_mounts("/dev/sdb1", ""), 1u);
  EXPECT_EQ(two_mounts("UUID=abc", ""), 1u);
}

TEST(ReadConfig, TenMistakesAreTenProblems) {
  const ReadOutcome outcome = read_config(edited({{1, "[cluster]\nprofile = \"lunix\""},
                                                  {2, "name = \"demo\"\nport = 0\nstartup_wait = 30"},
                                                  {5, "links = [\"10.77.1.1\", \"127.0.0.1\"]"},
                                                  {7, "name = \"alpha\""},
                                                  {8, "links = [\"10.77.1.2\", \"10.77.2\"]"},
                                                  {11, "agent = \"ipp\""},
                                                  {13, "[[resource]]\ncolour = \"red\""},
                                                  {14, "name = \"web-ip\""},
                                                  {16, "depends_on = [\"db\"]"}}),
                                          "h.toml");
  EXPECT_FALSE(outcome.config);
  EXPECT_THAT(
      lines_of(outcome),
      ElementsAre(
          "h.toml:2: [cluster]: profile = \"lunix\" is not known (did you mean \"linux\"?); allowed: linux, windows",
          "h.toml:4: [cluster]: port = 0 is out of range; it must be a whole number from 1 to 65535",
          "h.toml:5: [cluster]: startup_wait = 30 has no unit; write a duration in quotes: \"30s\", or with ms, m or h",
          "h.toml:8: node \"alpha\": links: 127.0.0.1 is a loopback address; it must be an address of this node that "
          "the "
          "other nodes reach",
          "h.toml:10: node \"alpha\" stands twice, the first time in line 7; every node has its own name",
          "h.toml:11: node \"alpha\": links: \"10.77.2\" is not an address; it must be an IPv4 or IPv6 address, no "
          "host "
          "name",
          "h.toml:14: resource \"web-ip\": agent = \"ipp\" is not known (did you mean \"ip\"?); allowed: "
          "disk, filesystem, ip, probe, process, script, systemd, lsb:<name>, ocf:<provider>:<type> (for example "
          "\"ocf:heartbeat:pgsql\")",
          HasSubstr("h.toml:17: resource \"web-ip\": unknown key \"colour\"; allowed: name, agent"),
          "h.toml:18: resource \"web-ip\" stands twice, the first time in line 13; every resource has its own name",
          "h.toml:20: resource \"web-ip\": depends_on: \"db\" is not a resource; allowed: the name of another "
          "[[resource]]"));
}

TEST(ReadConfig, WhatIsNotTomlIsOneProblem) {
  const auto of = [](const std::string& text) { return lines_of(read_config(text, "h.toml")); };
  EXPECT_THAT(
      of("[cluster]\nname = \nprofile = 7\n"),
      ElementsAre("h.toml:2: not valid TOML: Error while parsing key-value pair: expected value, saw '\\n'; the "
                  "rest of the file was not looked at"));
  EXPECT_THAT(
      of("[cluster]\nname = \"a\"\nname = \"b\"\n"),
      ElementsAre("h.toml:3: not valid TOML: Error while parsing key-value pair: cannot redefine existing string "
                  "'name'; the rest of the file was not looked at"));
  // E3: these two break assertions and assumptions of the parser.
  EXPECT_THAT(of("\n[.x]\n"), ElementsAre(HasSubstr("h.toml:2: not valid TOML: ")));
  EXPECT_THAT(of("\xd1\x9e = 1\n"), ElementsAre(HasSubstr("h.toml:1: not valid TOML: ")));
  EXPECT_THAT(of("\xff\xfe"), ElementsAre(HasSubstr("h.toml:1: not valid TOML: ")));
  EXPECT_THAT(of(std::string("a = \"x\0y\"", 9)), ElementsAre(HasSubstr("h.toml:1: not valid TOML: ")));
}

TEST(ReadConfig, EmptyFile) {
  EXPECT_THAT(lines_of(read_config("", "h.toml")),
              ElementsAre("h.toml: table [cluster] is missing; it must be given, with at least a name: name = \"demo\"",
                          "h.toml: no [[node]] is given; 2 to 32 are needed, each with a name and its links"));
}

TEST(ReadConfig, LargestFile) {
  const std::string fitting = edited({}) + "#" + std::string(largest_file - edited({}).size() - 1, 'x');
  EXPECT_TRUE(read_config(fitting, "h.toml").config);
  EXPECT_THAT(lines_of(read_config(fitting + "x", "h.toml")),
              ElementsAre("h.toml: the file is larger than 1048576 bytes, which is the most that is allowed"));
}

TEST(ReadConfig, MostResources) {
  std::string text = edited({});
  for (std::size_t i = 2; i < most_resources; ++i)
    text += "[[resource]]\nname = \"r" + std::to_string(i) + "\"\nagent = \"ocf:heartbeat:Dummy\"\ndepends_on = [\"" +
            (i == 2 ? "web" : "r" + std::to_string(i - 1)) + "\"]\n";
  const ReadOutcome most = read_config(text, "h.toml");
  EXPECT_THAT(lines_of(most), IsEmpty());
  EXPECT_EQ(most.config->resources.size(), most_resources);
  EXPECT_THAT(
      lines_of(read_config(text + "[[resource]]\nname = \"last\"\nagent = \"ocf:heartbeat:Dummy\"\n", "h.toml")),
      ElementsAre("h.toml:4010: 1001 resources; at most 1000 are allowed, the others were not looked at"));
}

// E3: toml++ recurses once per dot.
TEST(ReadConfig, KeyOfHalfAMillionDots) {
  std::string deep = "# a.b.c\nx = \"" + std::string(100, '.') + "\"\nk";
  for (int i = 0; i < 500'000; ++i) deep += ".k";
  EXPECT_THAT(lines_of(read_config(deep + " = 1\n", "h.toml")),
              ElementsAre("h.toml:3: not valid TOML: a key with more than 16 dots"));
}

TEST(KeyDepth, DotsInStringsAndCommentsDoNotCount) {
  const std::string dots(40, '.');
  EXPECT_EQ(line_of_too_deep_key("a = \"" + dots + "\" # " + dots), 0);
  EXPECT_EQ(line_of_too_deep_key("a = '" + dots + "'"), 0);
  EXPECT_EQ(line_of_too_deep_key("a = \"\"\"\n" + dots + "\n\"\"\"\n"), 0);
  EXPECT_EQ(line_of_too_deep_key("a = \"\\\"" + dots + "\""), 0);
  EXPECT_EQ(line_of_too_deep_key("\n" + dots), 2);
  EXPECT_EQ(line_of_too_deep_key("a = \"x\"\n\"=\"" + dots), 2);
  std::string quoted_parts = "\"=\"";
  for (int i = 0; i < 40; ++i) quoted_parts += ".\"=\"";
  EXPECT_EQ(line_of_too_deep_key(quoted_parts), 1);
}

TEST(ReadConfigFile, Unreadable) {
  EXPECT_THAT(lines_of(read_config_file("/nonexistent/h.toml")),
              ElementsAre("/nonexistent/h.toml: cannot be read: No such file or directory; it must be a file that this "
                          "user may read"));
  EXPECT_THAT(lines_of(read_config_file("/")),
              ElementsAre("/: cannot be read: Is a directory; it must be a file that this user may read"));
}

}  // namespace
}  // namespace holdfast::config
