#include "api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/api/fake_service.h"

namespace holdfast::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class RecordedReply final : public HttpReply {
 public:
  void send(HttpResponse given) override {
    response = std::move(given);
    ++sent;
  }
  void begin_stream(std::string content_type, std::string) override { stream_type = std::move(content_type); }
  void write(std::string text) override { streamed += text; }
  bool connected() const override { return open; }

  HttpResponse response;
  int sent = 0;
  std::string stream_type;
  std::string streamed;
  bool open = true;
};

class RouterTest : public testing::Test {
 protected:
  std::shared_ptr<RecordedReply> begin(const std::string& method, const std::string& target,
                                       const std::string& body = "") {
    auto reply = std::make_shared<RecordedReply>();
    router_.handle({method, target, body}, reply);
    return reply;
  }

  /// The answer's JSON; checks its status.
  json ask(unsigned status, const std::string& method, const std::string& target, const std::string& body = "") {
    const auto reply = begin(method, target, body);
    EXPECT_EQ(reply->sent, 1) << target;
    EXPECT_EQ(reply->response.status, status) << target << " " << reply->response.body;
    EXPECT_EQ(reply->response.content_type, "application/json");
    return json::parse(reply->response.body);
  }
  std::string mistake(unsigned status, const std::string& method, const std::string& target,
                      const std::string& body = "") {
    return ask(status, method, target, body)["error"];
  }

  FakeService service_;
  api::Router router_{service_};
};

TEST_F(RouterTest, Configuration) {
  const json config = ask(200, "GET", "/v1/config");
  EXPECT_EQ(config["digest"], "0000000000000abc");
  EXPECT_EQ(config["text"], "the file");

  const json plan = ask(200, "POST", "/v1/plan", R"({"text":"new","file":"new.toml"})");
  EXPECT_EQ(plan["changes"], json::array({"resource web: monitor_interval 10s -> 5s"}));
  EXPECT_EQ(plan["base"], "0000000000000abc");
  EXPECT_EQ(ask(200, "POST", "/v1/plan", R"({"text":"wrong","file":"x"})")["mistakes"],
            json::array({"x:1: a mistake"}));
  EXPECT_TRUE(service_.asked.empty());

  service_.answer = api::RequestAnswer{AnswerKind::done, "in use"};
  EXPECT_EQ(ask(200, "POST", "/v1/apply", R"({"text":"new","base":"12","force":true})")["result"], "done");
  ASSERT_EQ(service_.asked.size(), 1U);
  EXPECT_EQ(mistake(400, "POST", "/v1/apply", R"({"text":"wrong","file":"x"})"), "x:1: a mistake");
  EXPECT_THAT(mistake(400, "POST", "/v1/apply", R"({"text":"new","base":"xyz"})"), HasSubstr("base"));
  EXPECT_THAT(mistake(400, "POST", "/v1/apply", R"({"file":"x"})"), HasSubstr("\"text\": missing"));
  EXPECT_THAT(mistake(400, "POST", "/v1/plan", R"({"text":"a","more":1})"), HasSubstr("unknown; allowed"));
  EXPECT_THAT(mistake(405, "GET", "/v1/plan"), HasSubstr("allowed: POST"));
  service_.answer = api::RequestAnswer{AnswerKind::refused, "out of date"};
  EXPECT_EQ(ask(409, "POST", "/v1/apply", R"({"text":"new"})")["text"], "out of date");
}

TEST_F(RouterTest, TestsWhoIsNotified_V5) {
  EXPECT_THAT(mistake(409, "POST", "/v1/notify/test"), HasSubstr("the configuration has no [[notify]]"));
  service_.notify({"ops", "broken"});
  const json all = ask(200, "POST", "/v1/notify/test")["results"];
  EXPECT_EQ(all, json::parse(R"([{"target":"ops","by":"mail","taken":true,"text":"took it"},
                                 {"target":"broken","by":"mail","taken":false,"text":"nobody there"}])"));
  EXPECT_EQ(ask(200, "POST", "/v1/notify/test/ops")["results"].size(), 1U);
  EXPECT_THAT(service_.tested, ElementsAre("ops", "broken", "ops"));
  EXPECT_THAT(mistake(404, "POST", "/v1/notify/test/opps"), HasSubstr("target \"opps\": unknown; known: ops, broken"));
  EXPECT_THAT(mistake(405, "GET", "/v1/notify/test"), HasSubstr("allowed: POST"));
  service_.testing = true;
  EXPECT_THAT(mistake(409, "POST", "/v1/notify/test"), HasSubstr("another test is under way"));
}

TEST_F(RouterTest, GivesThePresentAsItIs) {
  const auto reply = begin("GET", "/v1/simulation-input");
  EXPECT_EQ(reply->response.status, 200U);
  EXPECT_EQ(reply->response.content_type, "application/x-protobuf");
  EXPECT_EQ(reply->response.body, service_.simulation);
}

TEST_F(RouterTest, Answers) {
  service_.sample.serve_web(alpha);
  EXPECT_EQ(ask(200, "GET", "/v1/status")["cluster"], "demo");
  EXPECT_EQ(ask(200, "GET", "/v1/version")["node"], "alpha");
  EXPECT_EQ(ask(200, "GET", "/v1/resources")["resources"].size(), 3U);
  const json web = ask(200, "GET", "/v1/resources/web");
  EXPECT_EQ(web["states"]["alpha"], "in-service");
  EXPECT_EQ(web["parameters"]["command"], R"(["/usr/sbin/nginx","-g","daemon off;"])");
  EXPECT_EQ(web["timeouts"]["start_ms"], 60000);
  EXPECT_EQ(web["switchback"], "manual");
}

TEST_F(RouterTest, AnswersWhy) {
  service_.sample.serve_web(beta);
  service_.records = takeover_story();
  const json why = ask(200, "GET", "/v1/why/web");
  EXPECT_THAT(std::string(why["sentence"]), HasSubstr("web is in service on beta because: N4 alpha failed"));
  EXPECT_EQ(why["decisions"].size(), 3U);
  EXPECT_EQ(why["decisions"][1]["rejected"][0], json::parse(R"({"node":"alpha","why":"it failed"})"));
  EXPECT_EQ(why["decisions"][0]["time"], "2026-01-31T12:00:00.000Z");
}

TEST_F(RouterTest, SaysInWhyThatItIsNotInSync) {
  service_.sample.own.synced = false;
  service_.sample.own.unsynced_because = "beta did not answer yet";
  EXPECT_THAT(std::string(ask(200, "GET", "/v1/why/web")["sentence"]),
              HasSubstr("(this node is not in sync: beta did not answer yet)"));
}

TEST_F(RouterTest, AsksForWhatTheOperatorWants) {
  service_.answer = api::RequestAnswer{AnswerKind::done, "web is in service on beta"};
  EXPECT_EQ(ask(200, "POST", "/v1/resources/web/move", R"({"node":"beta","force":true})"),
            json::parse(R"({"result":"done","text":"web is in service on beta"})"));
  ASSERT_EQ(service_.asked.size(), 1U);
  EXPECT_EQ(service_.asked[0].kind, RequestKind::move);
  EXPECT_EQ(service_.asked[0].resource, "web");
  EXPECT_EQ(service_.asked[0].node, beta);
  EXPECT_EQ(service_.asked[0].force, Force::yes);
  ask(200, "POST", "/v1/resources/web/start");
  ask(200, "POST", "/v1/resources/web/stop", "{}");
  EXPECT_EQ(service_.asked[1].kind, RequestKind::start);
  EXPECT_EQ(service_.asked[1].node, std::nullopt);
  EXPECT_EQ(service_.asked[2].kind, RequestKind::stop);
  EXPECT_EQ(service_.asked[2].force, Force::no);
}

TEST_F(RouterTest, AnswersWhenItIsDoneAndNotBefore) {
  const auto reply = begin("POST", "/v1/resources/web/start");
  EXPECT_EQ(reply->sent, 0);
  service_.asked.at(0).done({AnswerKind::done, "web is in service on alpha"});
  EXPECT_EQ(reply->sent, 1);
  EXPECT_EQ(reply->response.status, 200U);
}

TEST_F(RouterTest, DoesNotWaitWhereNobodyWantsIt) {
  EXPECT_EQ(ask(202, "POST", "/v1/resources/web/start", R"({"wait":false})")["result"], "accepted");
  service_.asked.at(0).done({AnswerKind::failed, "nobody hears this"});
}

TEST_F(RouterTest, TakesAnOperatorsAnswerForALostNode) {
  service_.answer = api::RequestAnswer{AnswerKind::done, "beta is off"};
  EXPECT_EQ(ask(200, "POST", "/v1/nodes/beta/confirm-off")["result"], "done");
  EXPECT_EQ(service_.asked.back().kind, RequestKind::confirm_off);
  EXPECT_EQ(service_.asked.back().node, beta);
  ask(200, "POST", "/v1/nodes/beta/confirm-yes");
  EXPECT_EQ(service_.asked.back().kind, RequestKind::confirm);
  EXPECT_TRUE(service_.asked.back().on);
  ask(200, "POST", "/v1/nodes/beta/confirm-no");
  EXPECT_FALSE(service_.asked.back().on);
  EXPECT_EQ(mistake(404, "POST", "/v1/nodes/delta/confirm-off"), "node \"delta\": unknown; known: alpha, beta, gamma");
  EXPECT_THAT(mistake(404, "POST", "/v1/nodes/beta/fence"), HasSubstr("confirm-yes|confirm-no|confirm-off"));
  EXPECT_EQ(mistake(400, "POST", "/v1/nodes/beta/confirm-off", R"({"force":true})"),
            "body field \"force\": not allowed for \"/v1/nodes/beta/confirm-off\"");
}

TEST_F(RouterTest, TakesMaintenanceLeaveAndResolve) {
  service_.answer = api::RequestAnswer{AnswerKind::done, "done"};
  ask(200, "POST", "/v1/maintenance/on");
  EXPECT_EQ(service_.asked.back().kind, RequestKind::maintenance);
  EXPECT_TRUE(service_.asked.back().on);
  EXPECT_EQ(service_.asked.back().node, std::nullopt);
  ask(200, "POST", "/v1/nodes/beta/maintenance-off");
  EXPECT_FALSE(service_.asked.back().on);
  EXPECT_EQ(service_.asked.back().node, beta);
  ask(200, "POST", "/v1/resources/web/maintenance-on");
  EXPECT_EQ(service_.asked.back().resource, "web");
  ask(200, "POST", "/v1/nodes/beta/leave", R"({"keep_resources":true})");
  EXPECT_EQ(service_.asked.back().kind, RequestKind::leave);
  EXPECT_EQ(service_.mode, LeaveMode::keep_resources);
  ask(200, "POST", "/v1/resources/web/resolve", R"({"node":"beta"})");
  EXPECT_EQ(service_.asked.back().kind, RequestKind::resolve);
  EXPECT_EQ(mistake(400, "POST", "/v1/resources/web/resolve"),
            "body field \"node\": missing; to resolve needs one of: alpha, beta, gamma");
  EXPECT_THAT(mistake(404, "POST", "/v1/maintenance/maybe"), HasSubstr("/v1/maintenance/on|off"));
  EXPECT_EQ(mistake(400, "POST", "/v1/maintenance/on", R"({"keep_resources":true})"),
            "body field \"keep_resources\": not allowed for \"/v1/maintenance/on\"");
}

TEST_F(RouterTest, ADryRunTellsTheStepsAndDoesNothing) {
  service_.sample.serve_web(alpha);
  const auto preview = ask(200, "POST", "/v1/resources/web/move", R"({"node":"beta","dry_run":true})");
  EXPECT_TRUE(service_.asked.empty());
  std::vector<std::string> steps;
  for (const auto& o : preview["operations"])
    steps.push_back(o["kind"].get<std::string>() + " " + o["resource"].get<std::string>() + " " +
                    o["node"].get<std::string>());
  EXPECT_EQ(steps,
            (std::vector<std::string>{"stop web alpha", "stop web-ip alpha", "start web-ip beta", "start web beta"}));
  EXPECT_TRUE(preview["refused"].is_null());
  service_.sample.stands(beta, Standing::failed);
  service_.sample.state.members = {alpha, gamma};
  EXPECT_THAT(
      ask(200, "POST", "/v1/resources/web/move", R"({"node":"beta","dry_run":true})")["refused"].get<std::string>(),
      HasSubstr("beta"));
}

TEST_F(RouterTest, TellsWhichSideOfASplitWouldLoseWhat) {
  EXPECT_TRUE(ask(200, "GET", "/v1/split")["split"].empty());
  service_.sample.serve_web(alpha);
  service_.sample.put("web", beta, ResourceState::in_service).put("web-ip", beta, ResourceState::in_service);
  const auto split = ask(200, "GET", "/v1/split")["split"];
  ASSERT_EQ(split.size(), 1U);
  ASSERT_EQ(split[0]["choices"].size(), 2U);
  EXPECT_EQ(split[0]["choices"][1]["keep"], "beta");
  for (const auto& o : split[0]["choices"][1]["preview"]["operations"]) {
    EXPECT_EQ(o["kind"], "stop");
    EXPECT_EQ(o["node"], "alpha");
  }
  EXPECT_EQ(split[0]["choices"][1]["preview"]["operations"].size(), 2U);
}

TEST_F(RouterTest, TellsRefusalAndFailureByStatus) {
  service_.answer = api::RequestAnswer{AnswerKind::refused, "beta failed"};
  EXPECT_EQ(mistake(409, "POST", "/v1/resources/web/start"), "beta failed");
  service_.answer = api::RequestAnswer{AnswerKind::failed, "exit code 1"};
  EXPECT_EQ(ask(500, "POST", "/v1/resources/web/start")["result"], "failed");
}

TEST_F(RouterTest, SaysWhatIsWrongWhereAndWhatIsAllowed) {
  EXPECT_EQ(mistake(404, "GET", "/v1/resources/wbe"), "resource \"wbe\": unknown; known: disk, web, web-ip");
  EXPECT_EQ(mistake(404, "GET", "/v1/why/wbe"), "resource \"wbe\": unknown; known: disk, web, web-ip");
  EXPECT_EQ(mistake(404, "POST", "/v1/resources/wbe/start"), "resource \"wbe\": unknown; known: disk, web, web-ip");
  EXPECT_EQ(mistake(400, "POST", "/v1/resources/web/start", R"({"node":"delta"})"),
            "node \"delta\": unknown; known: alpha, beta, gamma");
  EXPECT_EQ(mistake(400, "POST", "/v1/resources/web/move"),
            "body field \"node\": missing; a move needs one of: alpha, beta, gamma");
  EXPECT_THAT(mistake(400, "POST", "/v1/resources/web/move", "{"), HasSubstr("not valid JSON; allowed"));
  EXPECT_EQ(mistake(405, "POST", "/v1/status"), "method \"POST\": not allowed for \"/v1/status\"; allowed: GET");
  EXPECT_EQ(mistake(405, "GET", "/v1/resources/web/stop"),
            "method \"GET\": not allowed for \"/v1/resources/web/stop\"; allowed: POST");
  for (const char* path :
       {"/", "/v2/status", "/v1", "/v1/nodes", "/v1/resources/web/restart", "/v1/status/x", "/v1/why"})
    EXPECT_THAT(mistake(404, "POST", path), HasSubstr("unknown; known: /v1/status")) << path;
  EXPECT_EQ(mistake(400, "GET", "no slash"), "path: must begin with /");
  EXPECT_EQ(mistake(400, "GET", "/v1/status?a=b"), "query field \"a\": unknown; this path takes none");
  EXPECT_TRUE(service_.asked.empty()) << "nothing half done";
}

TEST_F(RouterTest, LongAndOddNamesStayOneShortLine) {
  const std::string text = mistake(404, "GET", "/v1/resources/" + std::string(5000, 'x') + "%0a%00");
  EXPECT_LT(text.size(), 200U);
  EXPECT_EQ(mistake(404, "GET", "/v1/why/a%0ab"), "resource \"a?b\": unknown; known: disk, web, web-ip");
}

TEST_F(RouterTest, FiltersTheLog) {
  service_.tail.add("2026-01-31T12:00:00Z alpha holdfastd[1]: INFO:core:start:web:004050:one");
  service_.tail.add("2026-01-31T12:00:01Z alpha holdfastd[1]: ERROR:core:start:web:004020:two");
  const json page = ask(200, "GET", "/v1/log?level=error&resource=web&node=alpha&since=2026-01-31T12:00:01Z");
  EXPECT_THAT(page["lines"], testing::SizeIs(1));
  EXPECT_EQ(page["next"], 2);
  EXPECT_EQ(ask(200, "GET", "/v1/log?from=1")["lines"].size(), 1U);
  EXPECT_THAT(mistake(400, "GET", "/v1/log?level=loud"),
              HasSubstr("query field level \"loud\": unknown; allowed: info"));
  EXPECT_THAT(mistake(400, "GET", "/v1/log?from=-1"), HasSubstr("query field from"));
  EXPECT_THAT(mistake(400, "GET", "/v1/log?since=soon"), HasSubstr("query field since"));
  EXPECT_THAT(mistake(400, "GET", "/v1/log?kind=x"), HasSubstr("\"kind\": unknown; allowed: level, resource"));
}

TEST_F(RouterTest, StreamsEventsToWhoeverStillReads) {
  const auto stays = begin("GET", "/v1/events");
  const auto goes = begin("GET", "/v1/events");
  EXPECT_EQ(stays->stream_type, "text/event-stream");
  EXPECT_EQ(stays->streamed, "event: changed\ndata: {}\n\n");
  goes->open = false;
  stays->streamed.clear();
  router_.status_changed();
  router_.decided(takeover_story().front());
  EXPECT_THAT(stays->streamed, testing::StartsWith("event: changed\ndata: {}\n\nevent: decision\ndata: {\"time\":"));
  EXPECT_EQ(goes->streamed, "event: changed\ndata: {}\n\n");
  EXPECT_EQ(goes.use_count(), 1) << "the router lets go of it";
}

}  // namespace
}  // namespace holdfast::test
