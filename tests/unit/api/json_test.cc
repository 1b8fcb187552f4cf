#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/answers.h"
#include "unit/api/fake_service.h"

namespace holdfast::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(StatusJson, HasTheFormThatScriptsRelyOn) {
  const json status = json::parse(api::to_json(Sample().serve_web(alpha).status()));
  EXPECT_EQ(status["cluster"], "demo");
  EXPECT_EQ(status["node"], "alpha");
  EXPECT_EQ(status["version"], "0.1.0");
  EXPECT_EQ(status["synced"], true);
  EXPECT_EQ(status["unsynced_because"], "");
  EXPECT_EQ(status["profile"], "linux");
  EXPECT_EQ(status["detection"], "normal");
  EXPECT_EQ(status["watchdog"], "");
  EXPECT_EQ(status["nodes"][1]["name"], "beta");
  EXPECT_EQ(status["nodes"][1]["state"], "online");
  EXPECT_EQ(status["nodes"][1]["self"], false);
  EXPECT_EQ(status["nodes"][1]["links"][0]["node"], "beta");
  EXPECT_EQ(status["links"][0], json::parse(R"({"node":"alpha","peer":"beta","index":0,"local":"10.77.1.1",
                                               "remote":"10.77.1.2","up":true})"));
  EXPECT_EQ(status["hierarchies"][1], json::parse(R"({"name":"web","resources":["web","web-ip"]})"));
  EXPECT_EQ(status["resources"][1], json::parse(R"({"name":"web","agent":"process","depends_on":["web-ip"],
            "nodes":["alpha","beta"],"wanted_on":"alpha","states":{"alpha":"in-service","beta":"out-of-service"},"text":{}})"));
  EXPECT_EQ(status["resources"][0]["wanted_on"], nullptr);
}

TEST(StatusJson, ComesBackAsItWent) {
  Sample sample;
  sample.serve_web(beta)
      .stands(alpha, Standing::failed)
      .put("disk", gamma, ResourceState::failed, "exit \"7\"\n\t\x01");
  sample.own.unsynced_because = "ü";
  const api::Status status = sample.status();
  const auto back = api::parse_status(api::to_json(status));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, status);
}

TEST(StatusJson, TextThatIsNoUtf8IsReplacedNotThrownUpon) {
  const api::Status status = Sample().put("web", alpha, ResourceState::failed, "\xff\xfe bad").status();
  const std::string text = api::to_json(status);
  EXPECT_TRUE(json::accept(text));
  EXPECT_THAT(text, HasSubstr(" bad"));
}

TEST(StatusJson, OtherTypesThanExpectedReadAsEmpty) {
  const auto status = api::parse_status(
      R"({"cluster":7,"nodes":[1,{"state":"odd"}],"links":{},"hierarchies":[null],"resources":[{"states":[],"text":3}]})");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->cluster, "");
  EXPECT_EQ(status->nodes.size(), 2U);
  EXPECT_EQ(status->nodes[1].state, api::NodeShown::unknown);
  EXPECT_FALSE(api::parse_status("[]"));
  EXPECT_FALSE(api::parse_status("{"));
}

TEST(RequestBody, TakesNothingOrAnyOfItsFields) {
  EXPECT_EQ(*api::parse_request_body(""), api::RequestBody{});
  EXPECT_EQ(*api::parse_request_body("{}"), api::RequestBody{});
  EXPECT_EQ(*api::parse_request_body(R"({"node":null})"), api::RequestBody{});
  EXPECT_EQ(*api::parse_request_body(R"({"node":"beta","force":true,"wait":false})"),
            (api::RequestBody{"beta", Force::yes, false}));
  const api::RequestBody body{"beta", Force::yes, true};
  EXPECT_EQ(*api::parse_request_body(api::to_json(body)), body);
}

TEST(RequestBody, SaysWhatIsWrongWhereAndWhatIsAllowed) {
  const auto mistake = [](const char* text) { return api::parse_request_body(text).error().text; };
  EXPECT_THAT(mistake("{"), testing::AllOf(HasSubstr("not valid JSON"), HasSubstr("allowed")));
  EXPECT_THAT(mistake("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(mistake(R"({"node":3})"), HasSubstr("\"node\": must be the name"));
  EXPECT_THAT(mistake(R"({"force":"yes"})"), HasSubstr("\"force\": must be true or false"));
  EXPECT_THAT(mistake(R"({"to":"beta"})"),
              HasSubstr("\"to\": unknown; allowed: node, force, wait, dry_run, keep_resources"));
}

TEST(AnswersJson, ComeBackAsTheyWent) {
  for (const AnswerKind kind : {AnswerKind::done, AnswerKind::failed, AnswerKind::refused}) {
    const api::RequestAnswer answer{kind, "web is in service on beta"};
    EXPECT_EQ(*api::parse_request_answer(api::to_json(answer)), answer);
  }
  const api::WhyAnswer why{"web", "because", takeover_story()};
  EXPECT_EQ(*api::parse_why(api::to_json(why)), why);
  const api::VersionAnswer version{"1", "c", "n", "/l"};
  EXPECT_EQ(*api::parse_version(api::to_json(version)), version);
  const api::LogPage page{{"a", "b"}, 18446744073709551615ULL};
  EXPECT_EQ(*api::parse_log_page(api::to_json(page)), page);
  EXPECT_EQ(api::parse_error_text(api::error_json("one \"line\"")), "one \"line\"");
  EXPECT_EQ(api::parse_error_text("no json"), "no json");
}

TEST(AnswersJson, ARefusalSaysSoAsAnErrorToo) {
  const json answer = json::parse(api::to_json(api::RequestAnswer{AnswerKind::refused, "beta failed"}));
  EXPECT_EQ(answer, json::parse(R"({"result":"refused","text":"beta failed","error":"beta failed"})"));
}

TEST(UtcText, CountsFromTheEpochAndBack) {
  EXPECT_EQ(api::utc_text(WallTime{1769860800123}), "2026-01-31T12:00:00.123Z");
  EXPECT_EQ(api::utc_text(WallTime{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(api::parse_utc("2026-01-31T12:00:00.123Z"), WallTime{1769860800123});
  EXPECT_EQ(api::parse_utc("yesterday"), std::nullopt);
}

}  // namespace
}  // namespace holdfast::test
