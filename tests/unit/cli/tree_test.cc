// The pictures are compared whole: a change of them shall be seen, and read, in the diff.
#include "cli/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "unit/api/sample.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Picture : public testing::Test {
 protected:
  std::string draw(const Sample& sample) { return '\n' + cli::render(sample.status(), console_); }

  std::ostringstream nowhere_;
  cli::Console console_{nowhere_, nowhere_};
};

std::size_t widest(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, cli::width_of(line));
  return widest;
}

/// `count` nodes of which every one may run the tree app -> (db -> disk, ip).
api::Status many_nodes(std::size_t count) {
  api::Status status;
  status.cluster = "big";
  status.node = "node-01";
  status.profile = "linux";
  status.detection = "normal";
  status.synced = true;
  status.hierarchies = {{"app", {"app", "db", "ip", "disk"}}};
  for (const char* name : {"app", "db", "disk", "ip"})
    status.resources.push_back({name, "script", {}, {}, "node-01", {}, {}});
  status.resources[0].depends_on = {"db", "ip"};
  status.resources[1].depends_on = {"disk"};
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string name = (i < 10 ? "node-0" : "node-") + std::to_string(i);
    status.nodes.push_back({name, api::NodeShown::online, i == 1, {}});
    for (api::ResourceStatus& resource : status.resources) {
      resource.nodes.push_back(name);
      resource.states[name] = i == 1 ? api::StateShown::in_service : api::StateShown::out_of_service;
    }
  }
  return status;
}

TEST_F(Picture, OfAClusterThatIsWell) {
  Sample sample;
  sample.serve_web(alpha).want("disk", gamma).put("disk", gamma, ResourceState::in_service);
  EXPECT_EQ(draw(sample), R"(
demo, seen by alpha · profile linux · detection normal · in sync

           alpha             beta              gamma
           ● online          ● online          ● online

disk       ○ out of service  ○ out of service  ● in service

web        ● in service      ○ out of service  ·
└─ web-ip  ● in service      ○ out of service  ·

Links of alpha
  beta   0  10.77.1.1 – 10.77.1.2  ● up
         1  10.77.2.1 – 10.77.2.2  ● up
  gamma  0  10.77.1.1 – 10.77.1.3  ● up
         1  10.77.2.1 – 10.77.2.3  ● up
)");
}

TEST_F(Picture, OfAClusterInTrouble) {
  Sample sample;
  sample.stands(alpha, Standing::failed).want("web", beta).want("web-ip", beta);
  sample.put("web-ip", beta, ResourceState::in_service)
      .put("web", beta, ResourceState::failed,
           "exit code 1: nginx: [emerg] bind() to 10.77.9.100:80 failed (98: Address already in use)");
  sample.own.self = beta;
  sample.own.links = sample.state.nodes[beta].facts.links;
  sample.link(beta, alpha, 0, false)
      .link(beta, alpha, 1, false)
      .link(gamma, alpha, 0, false)
      .link(gamma, beta, 1, false);
  EXPECT_EQ(draw(sample), R"(
demo, seen by beta · profile linux · detection normal · in sync

           alpha             beta              gamma
           ✗ failed          ● online          ● online

disk       ? unknown         ○ out of service  ○ out of service

web        ? unknown         ✗ failed          ·
└─ web-ip  ? unknown         ◐ unprotected     ·

Links of beta
  alpha  0  10.77.1.2 – 10.77.1.1  ✗ down
         1  10.77.2.2 – 10.77.2.1  ✗ down
  gamma  0  10.77.1.2 – 10.77.1.3  ● up
         1  10.77.2.2 – 10.77.2.3  ● up
  gamma says: to beta 1  10.77.2.3 – 10.77.2.2  ✗ down

! alpha failed: it answers over no link
! web is not in service: it failed on beta: exit code 1: nginx: [emerg] bind()
  to 10.77.9.100:80 failed (98: Address already in use); next: holdfast resource
  start web
! disk: out of service and wanted nowhere; start with: holdfast resource start
  disk
)");
}

TEST_F(Picture, BeforeTheFirstSync) {
  Sample sample;
  for (const NodeId node : {alpha, beta, gamma}) sample.stands(node, Standing::waiting);
  sample.own.synced = false;
  sample.own.unsynced_because = "waiting for the engine";
  sample.own.links.clear();
  EXPECT_EQ(draw(sample), R"(
demo, seen by alpha · profile linux · detection normal · not in sync
Nothing is decided now: waiting for the engine.

           alpha             beta              gamma
           ● online          ? unknown         ? unknown

disk       ○ out of service  ? unknown         ? unknown

web        ○ out of service  ? unknown         ·
└─ web-ip  ○ out of service  ? unknown         ·
)");
}

TEST_F(Picture, OfManyNodesHasNarrowColumns) {
  const std::string text = '\n' + cli::render(many_nodes(7), console_);
  EXPECT_EQ(text, R"(
big, seen by node-01 · profile linux · detection normal · in sync

            node-01  node-02  node-03  node-04  node-05  node-06  node-07
            ●        ●        ●        ●        ●        ●        ●

app         ●        ○        ○        ○        ○        ○        ○
├─ db       ●        ○        ○        ○        ○        ○        ○
│  └─ disk  ●        ○        ○        ○        ○        ○        ○
└─ ip       ●        ○        ○        ○        ○        ○        ○

● online  ● in service  ○ out of service
)");
  EXPECT_LE(widest(text), 80U);
}

TEST_F(Picture, OfVeryManyNodesHasSeveralBlocks) {
  for (const int columns : {40, 80, 132})
    for (std::size_t count = 1; count <= 32; ++count) {
      console_.columns = columns;
      const std::string text = cli::render(many_nodes(count), console_);
      EXPECT_LE(widest(text), std::max<std::size_t>(static_cast<std::size_t>(columns), 66U)) << count;
      for (std::size_t i = 1; i <= count; ++i)
        EXPECT_THAT(text, HasSubstr((i < 10 ? "node-0" : "node-") + std::to_string(i)));
    }
}

TEST_F(Picture, InAsciiHasNothingElse) {
  console_.unicode = false;
  const std::string text = cli::render(many_nodes(2), console_);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
  EXPECT_THAT(text, HasSubstr("|- db"));
  EXPECT_THAT(text, HasSubstr("* in service"));
}

TEST_F(Picture, HasColoursOnlyWhereWanted) {
  EXPECT_THAT(draw(Sample()), Not(HasSubstr("\033[")));
  console_.colour = true;
  EXPECT_THAT(draw(Sample().serve_web(alpha)), HasSubstr("\033[32m● in service"));
}

TEST_F(Picture, OfNothingConfigured) {
  api::Status status = many_nodes(2);
  status.resources.clear();
  status.hierarchies.clear();
  EXPECT_THAT(cli::render(status, console_), HasSubstr("No resource is configured."));
}

TEST_F(Picture, SurvivesAnAnswerThatMakesNoSense) {
  api::Status status = many_nodes(2);
  status.resources[2].depends_on = {"app"};  // a cycle
  status.hierarchies[0].resources.push_back("ghost");
  EXPECT_NE(cli::render(status, console_), "");
  EXPECT_NE(cli::render(api::Status{}, console_), "");
}

}  // namespace
}  // namespace holdfast::test
