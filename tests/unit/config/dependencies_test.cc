// Every message about resources among each other (R3), word for word.
#include <gtest/gtest.h>

#include "sample.h"

namespace holdfast::config {
namespace {

const Case dependencies_cases[] = {
    {"Unknown",
     {{16, R"(depends_on = ["web_ip"])"}},
     {R"(h.toml:16: resource "web": depends_on: "web_ip" is not a resource (did you mean "web-ip"?); allowed: the name of another [[resource]])"}},
    {"OnItself",
     {{16, R"(depends_on = ["web"])"}},
     {R"(h.toml:14: dependency cycle: "web" (line 14) -> "web"; no resource may depend on itself, directly or through others)"}},
    {"Cycle",
     {{9, "[[resource]]\ndepends_on = [\"web\"]"}},
     {R"(h.toml:11: dependency cycle: "web-ip" (line 11) -> "web" (line 15) -> "web-ip"; no resource may depend on itself, directly or through others)"}},
    {"LongCycle",
     {{16, R"(depends_on = ["a"])"},
      {18, "[[resource]]"},
      {19, R"(name = "a")"},
      {20, R"(agent = "ocf:heartbeat:Dummy")"},
      {21, R"(depends_on = ["b", "web-ip"])"},
      {22, "[[resource]]"},
      {23, R"(name = "b")"},
      {24, R"(agent = "ocf:heartbeat:Dummy")"},
      {25, R"(depends_on = ["web"])"}},
     {R"(h.toml:14: dependency cycle: "web" (line 14) -> "a" (line 19) -> "b" (line 23) -> "web"; no resource may depend on itself, directly or through others)"}},
    {"TwoCycles",
     {{16, R"(depends_on = ["web"])"},
      {18, "[[resource]]"},
      {19, R"(name = "a")"},
      {20, R"(agent = "ocf:heartbeat:Dummy")"},
      {21, R"(depends_on = ["a"])"}},
     {R"(h.toml:14: dependency cycle: "web" (line 14) -> "web"; no resource may depend on itself, directly or through others)",
      R"(h.toml:19: dependency cycle: "a" (line 19) -> "a"; no resource may depend on itself, directly or through others)"}},
    {"NoCommonNode",
     {{11, "agent = \"ip\"\nnodes = [\"alpha\"]"}, {15, "agent = \"process\"\nnodes = [\"beta\"]"}},
     {R"(h.toml:12: warning: resource "web-ip" has a single node (alpha); no other node can take it over)",
      R"(h.toml:17: resource "web-ip" (line 12; nodes: alpha) and resource "web" (line 17; nodes: beta) belong to one hierarchy by depends_on, but have no node in common; give them one, or take the dependency away)",
      R"(h.toml:17: warning: resource "web" has a single node (beta); no other node can take it over)"}},
    {"NoCommonNodeAmongThree",
     {{8, "links = [\"10.77.1.2\", \"10.77.2.2\"]\n[[node]]\nname = \"gamma\"\nlinks = [\"10.77.1.3\", \"10.77.2.3\"]"},
      {11, "agent = \"ip\"\nnodes = [\"alpha\", \"beta\"]"},
      {15, "agent = \"process\"\nnodes = [\"beta\", \"gamma\"]"},
      {18, "[[resource]]"},
      {19, R"(name = "top")"},
      {20, R"(agent = "ocf:heartbeat:Dummy")"},
      {21, "depends_on = [\"web\"]\nnodes = [\"gamma\", \"alpha\"]"}},
     {R"(h.toml:27: resource "web-ip" (line 15; nodes: alpha, beta) and resource "web" (line 20; nodes: beta, gamma) and resource "top" (line 27; nodes: gamma, alpha) belong to one hierarchy by depends_on, but have no node in common; give them one, or take the dependency away)"}},
    {"AddressTwice",
     {{18, "[[resource]]"},
      {19, R"(name = "other-ip")"},
      {20, R"(agent = "ip")"},
      {21, R"(parameters = { address = "10.77.9.100/16", interface = "pub1" })"}},
     {R"(h.toml:21: resource "other-ip" claims the address "10.77.9.100", as resource "web-ip" does in line 12; only one resource may)"}},
    {"AddressTwiceWithOcf",
     {{18, "[[resource]]"},
      {19, R"(name = "other-ip")"},
      {20, R"(agent = "ocf:heartbeat:IPaddr2")"},
      {21, R"(parameters = { ip = "10.77.9.100" })"}},
     {R"(h.toml:21: resource "other-ip" claims the address "10.77.9.100", as resource "web-ip" does in line 12; only one resource may)"}},
    {"AddressOfALink",
     {{12, R"(parameters = { address = "10.77.1.2/24", interface = "pub0" })"}},
     {R"(h.toml:12: resource "web-ip" claims the address "10.77.1.2", which is a link of node "beta" in line 8; a protected address must not be a link's)"}},
    {"DeviceAndMountPointTwice",
     {{14, R"(name = "disk")"},
      {15, R"(agent = "ocf:heartbeat:Filesystem")"},
      {17, R"(parameters = { device = "/dev/sdb1", directory = "/srv/" })"},
      {18, "[[resource]]"},
      {19, R"(name = "other")"},
      {20, R"(agent = "ocf:heartbeat:Filesystem")"},
      {21, R"(parameters = { device = "/dev//sdb1", directory = "/srv" })"}},
     {R"(h.toml:21: resource "other" claims the device "/dev/sdb1", as resource "disk" does in line 17; only one resource may)",
      R"(h.toml:21: resource "other" claims the mount point "/srv", as resource "disk" does in line 17; only one resource may)"}},
};

class Dependencies : public testing::TestWithParam<Case> {};

TEST_P(Dependencies, SaysWhatIsWrong) {
  const ReadOutcome outcome = read_config(edited(GetParam().edits), "h.toml");
  EXPECT_EQ(lines_of(outcome), GetParam().expected);
  EXPECT_EQ(outcome.config.has_value(), only_warnings(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, Dependencies, testing::ValuesIn(dependencies_cases), case_name);

}  // namespace
}  // namespace holdfast::config
