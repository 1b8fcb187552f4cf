#include "api/why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/api/fake_service.h"

namespace holdfast::test {
namespace {

using api::DecisionRecord;
using api::Status;

std::string note(const Status& status, const std::string& resource) {
  return api::note_on(status, *status.resource(resource));
}
std::string why(const Status& status, const std::string& resource, const std::vector<DecisionRecord>& decisions = {}) {
  return api::why_sentence(status, *status.resource(resource), decisions);
}

// F3, O3: a hierarchy's move is told under the resource that failed, and it is why the others are where they are.
TEST(Why, AMoveOfTheHierarchyIsTheReasonForAllOfIt) {
  const Status status = Sample().serve_web(beta).status();
  const auto decision = [](const char* resource, std::uint32_t message, const char* rule, const char* text) {
    DecisionRecord record;
    record.resource = resource;
    record.message = message;
    record.rule = rule;
    record.text = text;
    return record;
  };
  const std::vector<DecisionRecord> decisions{decision("web-ip", 4030, "O2", "an operator starts web-ip on alpha"),
                                              decision("web", 4025, "F3", "web failed on alpha: it moves to beta"),
                                              decision("web", 4034, "O3", "alpha is back: web goes home to it"),
                                              decision("disk", 4025, "F3", "disk failed")};
  EXPECT_EQ(why(status, "web-ip", decisions),
            "web-ip is in service on beta because: F3 web failed on alpha: it moves to beta");
  EXPECT_EQ(api::decisions_about(status, "web-ip", decisions).size(), 3U);
}

TEST(Note, IsEmptyWhereAllIsWell) {
  const Status status = Sample().serve_web(alpha).status();
  EXPECT_EQ(note(status, "web"), "");
  EXPECT_EQ(note(status, "disk"), "");
}

TEST(Note, NamesTheFailureAndWhatHangsOnIt) {
  Sample sample;
  sample.want("web", beta).want("web-ip", beta).put("web-ip", beta, ResourceState::failed, "10.77.9.100 is in use");
  const Status status = sample.status();
  EXPECT_EQ(note(status, "web-ip"), "web-ip is not in service: it failed on beta: 10.77.9.100 is in use");
  EXPECT_EQ(note(status, "web"), "web is not in service: it depends on web-ip, which is failed on beta");
}

TEST(Note, TellsAFailureElsewhereThoughItServes) {
  const Status status = Sample().serve_web(beta).put("web", alpha, ResourceState::failed, "exit code 7").status();
  EXPECT_EQ(note(status, "web"), "web failed on alpha: exit code 7");
}

TEST(Note, TellsThatItRunsTwice) {
  const Status status = Sample().serve_web(alpha).serve_web(beta).status();
  EXPECT_EQ(note(status, "web"),
            "web is in service on alpha and beta at once (B4): holdfast split plan shows the choice, and: holdfast "
            "split resolve "
            "web --keep alpha|beta");
}

TEST(Note, TellsThatItsNodeIsAway) {
  const Status status = Sample().want("disk", gamma).stands(gamma, Standing::daemon_dead).status();
  EXPECT_EQ(note(status, "disk"), "disk is not in service: it is wanted on gamma, and that node is daemon-dead");
}

TEST(Note, TellsThatItIsNotThereWithoutAnyKnownReason) {
  const Status status = Sample().want("disk", gamma).status();
  EXPECT_EQ(note(status, "disk"), "disk is not in service: it is wanted on gamma and is out-of-service there");
}

TEST(Why, GivesTheDecisionAndEveryNodeThatWasNotChosen) {
  Sample sample;
  sample.serve_web(beta).stands(alpha, Standing::failed);
  sample.own.self = beta;
  EXPECT_EQ(
      why(sample.status(), "web", takeover_story()),
      "web is in service on beta (unprotected: no other node could take it over now) because: N4 alpha failed: web "
      "goes to beta, the highest-priority live node; not alpha: it failed");
}

TEST(Why, AddsNodesThatFailedSince) {
  const Status status = Sample().serve_web(beta).put("web", alpha, ResourceState::failed, "exit code 7").status();
  EXPECT_EQ(
      why(status, "web"),
      "web is in service on beta (unprotected: no other node could take it over now); not alpha: failed there: exit "
      "code 7");
}

TEST(Why, KnowsWhatIsOnItsWayAndWhatIsWantedNowhere) {
  EXPECT_EQ(why(Sample().put("disk", gamma, ResourceState::starting).status(), "disk"), "disk is starting on gamma");
  EXPECT_EQ(why(Sample().status(), "disk"), "disk is out of service: it is wanted nowhere");
}

TEST(DecisionsAbout, LeaveOutOtherResourcesAndNodesThatDoNotMatter) {
  std::vector<DecisionRecord> all = takeover_story();
  DecisionRecord other;
  other.node = "gamma";
  other.rule = "N5";
  all.push_back(other);
  std::vector<std::string> rules;
  for (const DecisionRecord& record : api::decisions_about(Sample().status(), "web", all))
    rules.push_back(record.rule + " " + record.resource);
  EXPECT_THAT(rules, testing::ElementsAre("N1 ", "N4 web", "N4 web"));
}

}  // namespace
}  // namespace holdfast::test
