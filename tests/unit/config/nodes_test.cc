// Every message about [[node]] (L1), word for word.
#include <gtest/gtest.h>

#include "sample.h"

namespace holdfast::config {
namespace {

const Case nodes_cases[] = {
    {"Missing",
     {{3, ""},
      {4, ""},
      {5, ""},
      {6, ""},
      {7, ""},
      {8, ""},
      {9, ""},
      {10, ""},
      {11, ""},
      {12, ""},
      {13, ""},
      {14, ""},
      {15, ""},
      {16, ""},
      {17, ""}},
     {"h.toml: no [[node]] is given; 2 to 32 are needed, each with a name and its links"}},
    {"SingleTable",
     {{3, "[node]"}, {6, ""}, {7, ""}, {8, ""}},
     {"h.toml:3: node is a table; each node must stand under its own [[node]]"}},
    {"ListOfTexts",
     {{1, "node = [\"alpha\", \"beta\"]\n[cluster]"},
      {3, ""},
      {4, ""},
      {5, ""},
      {6, ""},
      {7, ""},
      {8, ""},
      {9, ""},
      {10, ""},
      {11, ""},
      {12, ""},
      {13, ""},
      {14, ""},
      {15, ""},
      {16, ""},
      {17, ""}},
     {"h.toml:1: node holds text; each node must stand under its own [[node]]",
      "h.toml:1: node holds text; each node must stand under its own [[node]]"}},
    {"OnlyOne",
     {{6, ""}, {7, ""}, {8, ""}},
     {R"(h.toml:4: only 1 node; engine = "corosync" needs 2 to 32 (one node alone: engine = "local"))"}},
    {"NameMissing",
     {{4, ""}},
     {R"(h.toml:3: [[node]]: name is missing; it must be given, for example name = "alpha")"}},
    {"NameWrong",
     {{7, R"(name = "be/ta")"}},
     {R"(h.toml:7: [[node]]: name = "be/ta" is not a name; a name has 1 to 63 letters, digits, dashes, dots and underscores, and begins with a letter or digit)"}},
    {"NameTwice",
     {{7, R"(name = "alpha")"}},
     {R"(h.toml:7: node "alpha" stands twice, the first time in line 4; every node has its own name)"}},
    {"UnknownKey",
     {{8, R"(link = ["10.77.1.2", "10.77.2.2"])"}},
     {R"(h.toml:6: node "beta" has 0 links; it must have 1 to 8, each an address, for example links = ["10.77.1.1", "10.77.2.1"])",
      R"(h.toml:8: node "beta": unknown key "link" (did you mean "links"?); allowed: name, id, links, fence, shutdown_strategy, confirm_failover, block_resource_failover, local_recovery, failover, notify_only)"}},
    {"IdTwice",
     {{4, "name = \"alpha\"\nid = 2"}},
     {R"(h.toml:8: node "beta" has id 2, as node "alpha" in line 4; without id = N it is a node's place in the file; every node has its own)"}},
    {"IdOutOfRange",
     {{4, "name = \"alpha\"\nid = 33"}},
     {R"(h.toml:5: node "alpha": id = 33 is out of range; it must be a whole number from 1 to 32)"}},
    {"LinksMissing",
     {{8, ""}},
     {R"(h.toml:6: node "beta" has 0 links; it must have 1 to 8, each an address, for example links = ["10.77.1.1", "10.77.2.1"])"}},
    {"LinksIsText",
     {{8, R"(links = "10.77.1.2")"}},
     {R"(h.toml:8: node "beta": links is text; it must be a list of texts in quotes, for example ["10.77.1.1", "10.77.2.1"])"}},
    {"LinksHoldsNumber",
     {{8, R"(links = ["10.77.1.2", 7])"}},
     {R"(h.toml:8: node "beta": links holds a number; it must be a list of texts in quotes, for example ["10.77.1.1", "10.77.2.1"])"}},
    {"NoAddress",
     {{8, R"(links = ["beta.example", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: "beta.example" is not an address; it must be an IPv4 or IPv6 address, no host name)"}},
    {"AddressWithPrefix",
     {{8, R"(links = ["10.77.1.2/24", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: "10.77.1.2/24" is not an address; it must be an IPv4 or IPv6 address without a prefix length)"}},
    {"AddressOutOfRange",
     {{8, R"(links = ["10.77.1.256", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: "10.77.1.256" is not an address; it must be an IPv4 or IPv6 address, no host name)"}},
    {"Loopback",
     {{8, R"(links = ["127.0.0.1", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: 127.0.0.1 is a loopback address; it must be an address of this node that the other nodes reach)"}},
    {"Loopback6",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["::1", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: ::1 is a loopback address; it must be an address of this node that the other nodes reach)"}},
    {"Multicast",
     {{8, R"(links = ["224.0.0.1", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: 224.0.0.1 is a multicast address; it must be an address of this node that the other nodes reach)"}},
    {"Broadcast",
     {{8, R"(links = ["255.255.255.255", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: 255.255.255.255 is a reserved or broadcast address; it must be an address of this node that the other nodes reach)"}},
    {"Unspecified",
     {{8, R"(links = ["0.0.0.0", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: 0.0.0.0 is an address that means "this network"; it must be an address of this node that the other nodes reach)"}},
    {"Unspecified6",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["::", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: :: is the unspecified address; it must be an address of this node that the other nodes reach)"}},
    {"LinkLocal",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["fe80::2", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: fe80::2 is a link-local address; it must be an address of this node that the other nodes reach)"}},
    {"Mapped",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["::ffff:10.77.1.2", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: ::ffff:10.77.1.2 is an IPv4 address in IPv6 form; it must be an address of this node that the other nodes reach)"}},
    {"Multicast6",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["ff02::1", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": links: ff02::1 is a multicast address; it must be an address of this node that the other nodes reach)"}},
    {"AddressTwice",
     {{8, R"(links = ["10.77.1.1", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": address 10.77.1.1 stands twice, the first time in line 5 (node "alpha"); every link of every node has its own)"}},
    {"AddressTwiceInAnotherForm",
     {{5, R"(links = ["fd00::1", "10.77.2.1"])"}, {8, R"(links = ["fd00:0::0001", "10.77.2.2"])"}},
     {R"(h.toml:8: node "beta": address fd00:0::0001 stands twice, the first time in line 5 (node "alpha"); every link of every node has its own)"}},
    {"CountsDiffer",
     {{8, R"(links = ["10.77.1.2"])"}},
     {R"(h.toml:8: node "beta" has 1 link(s), and node "alpha" in line 5 has 2; every node must have the same number)"}},
    {"TooManyLinks",
     {{8,
       R"(links = ["10.77.1.2", "10.77.2.2", "10.77.3.2", "10.77.4.2", "10.77.5.2", "10.77.6.2", "10.77.7.2", "10.77.8.2", "10.77.9.2"])"}},
     {R"(h.toml:8: node "beta" has 9 links; it must have 1 to 8, each an address, for example links = ["10.77.1.1", "10.77.2.1"])"}},
    {"FamiliesDiffer",
     {{8, R"(links = ["10.77.1.2", "fd00::2"])"}},
     {R"(h.toml:8: node "beta": link 1 is IPv6 (fd00::2), and that of node "alpha" in line 5 is IPv4 (10.77.2.1); a link has one family on all nodes)"}},
    {"SingleLink",
     {{5, R"(links = ["10.77.1.1"])"}, {8, R"(links = ["10.77.1.2"])"}},
     {"h.toml:5: warning: every node has a single link; a second one over another network keeps a broken cable from "
      "looking like a dead node (L1)"}},
    {"SameSubnet",
     {{5, R"(links = ["10.77.1.1", "10.77.1.2"])"}, {8, R"(links = ["10.77.1.3", "10.77.2.2"])"}},
     {R"(h.toml:5: warning: node "alpha": links 0 (10.77.1.1) and 1 (10.77.1.2) look like one subnet (equal in the first 24 bits); links over one network fail together (L1))"}},
    {"SameSubnet6",
     {{5, R"(links = ["fd00::1", "fd00::2"])"}, {8, R"(links = ["fd00:1::1", "fd00:2::2"])"}},
     {R"(h.toml:5: warning: node "alpha": links 0 (fd00::1) and 1 (fd00::2) look like one subnet (equal in the first 64 bits); links over one network fail together (L1))"}},
};

class Nodes : public testing::TestWithParam<Case> {};

TEST_P(Nodes, SaysWhatIsWrong) {
  const ReadOutcome outcome = read_config(edited(GetParam().edits), "h.toml");
  EXPECT_EQ(lines_of(outcome), GetParam().expected);
  EXPECT_EQ(outcome.config.has_value(), only_warnings(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, Nodes, testing::ValuesIn(nodes_cases), case_name);

TEST(NodeIds, StayWithTheirNodes) {
  const ReadOutcome outcome = read_config(
      edited({{4, "name = \"alpha\"\nid = 3"}, {14, "name = \"web\"\nnodes = [\"alpha\", \"beta\"]"}}), "h.toml");
  ASSERT_TRUE(outcome.config) << lines_of(outcome).front();
  const std::vector<NodeConfig>& nodes = outcome.config->nodes;
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].name, "beta");  // ascending ids
  EXPECT_EQ(nodes[0].id, NodeId{2});
  EXPECT_EQ(nodes[1].id, NodeId{3});
  // The priority order is that of the file, whatever the ids.
  const std::vector<NodeId> order{NodeId{3}, NodeId{2}};
  EXPECT_EQ(outcome.config->resources.at(ResourceName{"web"}).nodes, order);
  EXPECT_EQ(outcome.config->resources.at(ResourceName{"web-ip"}).nodes, order);
}

TEST(NodeCount, AtMost32) {
  const auto with = [](int nodes) {
    std::string text = "[cluster]\nname = \"demo\"\n";
    for (int i = 1; i <= nodes; ++i)
      text += "[[node]]\nname = \"n" + std::to_string(i) + "\"\nlinks = [\"10.77.1." + std::to_string(i) +
              "\", \"10.77.2." + std::to_string(i) + "\"]\n";
    return read_config(text, "h.toml");
  };
  EXPECT_TRUE(with(32).config);
  EXPECT_EQ(lines_of(with(33)), std::vector<std::string>{"h.toml:100: 33 nodes; at most 32 are allowed"});
}

}  // namespace
}  // namespace holdfast::config
