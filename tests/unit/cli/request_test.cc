#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "unit/cli/command_line.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;

class Requests : public testing::Test {
 protected:
  void answer(AnswerKind kind, const std::string& text) {
    line_.change([&](FakeService& service) { service.answer = api::RequestAnswer{kind, text}; });
  }
  FakeService::Asked last() {
    FakeService::Asked asked;
    line_.change([&](FakeService& service) { asked = service.asked.back(); });
    return asked;
  }

  CommandLine line_;
};

TEST_F(Requests, DoneIsExitCode0AndSaysWhat) {
  answer(AnswerKind::done, "web is in service on beta");
  const Ended ended = line_.run({"resource", "move", "web", "beta"});
  EXPECT_EQ(ended.exit, cli::Exit::done);
  EXPECT_EQ(ended.out, "web is in service on beta\n");
  EXPECT_EQ(ended.err, "") << "no progress where nobody looks";
  EXPECT_EQ(last().kind, RequestKind::move);
  EXPECT_EQ(last().node, beta);
  EXPECT_EQ(last().force, Force::no);
}

TEST_F(Requests, ATestOfNotificationsSaysWhatHappenedToEach_V5) {
  const Ended none = line_.run({"notify", "test"});
  EXPECT_EQ(none.exit, cli::Exit::refused);
  line_.change([](FakeService& service) { service.notify({"ops", "broken"}); });
  const Ended both = line_.run({"notify", "test"});
  EXPECT_EQ(both.exit, cli::Exit::failed);
  EXPECT_EQ(both.out, "told    ops by mail: took it\nfailed  broken by mail: nobody there\n");
  EXPECT_EQ(line_.run({"notify", "test", "ops"}).exit, cli::Exit::done);
  const Ended unknown = line_.run({"notify", "test", "opps"});
  EXPECT_EQ(unknown.exit, cli::Exit::usage);
  EXPECT_THAT(unknown.err, HasSubstr("target \"opps\": unknown; known: ops, broken"));
  EXPECT_THAT(line_.run({"notify", "test", "ops", "--json"}).out, HasSubstr(R"("taken":true)"));
}

TEST_F(Requests, AnOperatorAnswersForALostNode) {
  answer(AnswerKind::done, "alpha is off");
  EXPECT_EQ(line_.run({"node", "confirm-off", "beta"}).exit, cli::Exit::done);
  EXPECT_EQ(last().kind, RequestKind::confirm_off);
  EXPECT_EQ(last().node, beta);
  EXPECT_EQ(line_.run({"node", "confirm", "beta", "yes"}).exit, cli::Exit::done);
  EXPECT_EQ(last().kind, RequestKind::confirm);
  EXPECT_TRUE(last().on);
  EXPECT_EQ(line_.run({"node", "confirm", "beta", "no"}).exit, cli::Exit::done);
  EXPECT_FALSE(last().on);
  answer(AnswerKind::refused, "beta did not fail");
  EXPECT_EQ(line_.run({"node", "confirm-off", "beta"}).exit, cli::Exit::refused);
  EXPECT_THAT(line_.run({"node", "confirm-off", "betta"}).err, HasSubstr("did you mean beta?"));
}

TEST_F(Requests, MaintenanceEndsOnlyAfterItsEffectWasShownAndConfirmed) {
  answer(AnswerKind::done, "maintenance of the cluster ends");
  EXPECT_EQ(line_.run({"maintenance", "on"}).exit, cli::Exit::done);
  EXPECT_TRUE(last().on);
  line_.change([](FakeService& service) {
    service.sample.serve_web(alpha).put("web", alpha, ResourceState::failed, "exit code 1");
    service.sample.state.nodes[alpha].facts.resources[ResourceName("web")].failure = Failure::in_service;
    service.sample.state.switches.cluster = true;
    service.asked.clear();
  });
  const Ended unasked = line_.run({"maintenance", "off"});
  EXPECT_EQ(unasked.exit, cli::Exit::usage);
  EXPECT_EQ(unasked.err,
            "holdfast: maintenance off: no terminal to ask at; allowed: --yes (or --dry-run to look only)\n");
  EXPECT_THAT(unasked.out, HasSubstr("recover  web on alpha"));
  line_.change([](FakeService& service) { EXPECT_TRUE(service.asked.empty()) << "nothing was done"; });
  const Ended yes = line_.run({"maintenance", "off", "--yes"});
  EXPECT_EQ(yes.exit, cli::Exit::done);
  EXPECT_THAT(yes.out, HasSubstr("maintenance of the cluster ends"));
  EXPECT_FALSE(last().on);
}

TEST_F(Requests, SplitPlanShowsBothSides) {
  EXPECT_THAT(line_.run({"split", "plan"}).out, HasSubstr("nothing to resolve"));
  line_.change([](FakeService& service) {
    service.sample.serve_web(alpha).put("web", beta, ResourceState::in_service);
    service.answer = api::RequestAnswer{AnswerKind::done, "web's hierarchy stays on beta"};
  });
  const Ended plan = line_.run({"split", "plan"});
  EXPECT_EQ(plan.exit, cli::Exit::done);
  EXPECT_THAT(plan.out, HasSubstr("holdfast split resolve web --keep alpha\n    beta loses web"));
  EXPECT_THAT(plan.out, HasSubstr("holdfast split resolve web --keep beta\n    alpha loses web, web-ip"));
  EXPECT_EQ(line_.run({"split", "resolve", "web", "--keep", "beta"}).exit, cli::Exit::done);
  EXPECT_EQ(last().kind, RequestKind::resolve);
  EXPECT_EQ(last().node, beta);
}

TEST_F(Requests, StopSaysIfTheDaemonStays) {
  answer(AnswerKind::failed, "alpha stays: web did not stop there");
  const Ended ended = line_.run({"stop"});
  EXPECT_EQ(ended.exit, cli::Exit::failed);
  EXPECT_EQ(last().kind, RequestKind::leave);
  EXPECT_EQ(last().node, alpha) << "the node that was asked";
  EXPECT_EQ(ended.err, "holdfast: failed: alpha stays: web did not stop there\n");
}

TEST_F(Requests, TheNodeMayBeAWordOrAnOption) {
  answer(AnswerKind::done, "done");
  line_.run({"resource", "start", "web", "--node", "beta", "--force"});
  EXPECT_EQ(last().kind, RequestKind::start);
  EXPECT_EQ(last().node, beta);
  EXPECT_EQ(last().force, Force::yes);
  line_.run({"resource", "move", "web", "--node", "alpha"});
  EXPECT_EQ(last().node, alpha);
  line_.run({"resource", "stop", "disk"});
  EXPECT_EQ(last().kind, RequestKind::stop);
  EXPECT_EQ(last().node, std::nullopt);
}

TEST_F(Requests, FailedIsExitCode1WithTheReason) {
  answer(AnswerKind::failed, "web did not start on beta: exit code 1");
  const Ended ended = line_.run({"resource", "start", "web"});
  EXPECT_EQ(ended.exit, cli::Exit::failed);
  EXPECT_EQ(ended.err, "holdfast: failed: web did not start on beta: exit code 1\n");
  EXPECT_EQ(ended.out, "");
}

TEST_F(Requests, RefusedIsExitCode4WithTheReason) {
  answer(AnswerKind::refused, "beta failed");
  const Ended ended = line_.run({"resource", "move", "web", "beta"});
  EXPECT_EQ(ended.exit, cli::Exit::refused);
  EXPECT_EQ(ended.err, "holdfast: refused: beta failed\n");
  const Ended json = line_.run({"resource", "move", "web", "beta", "--json"});
  EXPECT_EQ(json.exit, cli::Exit::refused);
  EXPECT_EQ(nlohmann::json::parse(json.out)["result"], "refused");
}

TEST_F(Requests, WaitsForTheResult) {
  Ended ended;
  std::thread command([&] { ended = line_.run({"resource", "start", "web"}); });
  ASSERT_TRUE(eventually([&] {
    bool asked = false;
    line_.change([&](FakeService& service) { asked = !service.asked.empty(); });
    return asked;
  }));
  line_.change([](FakeService& service) { service.asked[0].done({AnswerKind::done, "web is in service on alpha"}); });
  command.join();
  EXPECT_EQ(ended.out, "web is in service on alpha\n");
}

TEST_F(Requests, NoResultInTimeIsExitCode1AndSaysThatItGoesOn) {
  const Ended ended = line_.run({"resource", "start", "web", "--timeout", "0.2"});
  EXPECT_EQ(ended.exit, cli::Exit::failed);
  EXPECT_EQ(ended.err, "holdfast: failed: no result within 0.2 s; the request goes on, see: holdfast status\n");
}

TEST_F(Requests, DoNotWaitWhereAskedNotTo) {
  const Ended ended = line_.run({"resource", "start", "web", "--no-wait"});
  EXPECT_EQ(ended.exit, cli::Exit::done);
  EXPECT_EQ(ended.out, "accepted; see: holdfast status\n");
}

TEST_F(Requests, ADaemonThatEndsMeanwhileIsExitCode1) {
  Ended ended;
  std::thread command([&] { ended = line_.run({"resource", "start", "web"}); });
  ASSERT_TRUE(eventually([&] {
    bool asked = false;
    line_.change([&](FakeService& service) { asked = !service.asked.empty(); });
    return asked;
  }));
  line_.stop_daemon();
  command.join();
  EXPECT_EQ(ended.exit, cli::Exit::failed);
  EXPECT_THAT(ended.err, HasSubstr("ended the connection before it had answered; the request may go on"));
}

TEST_F(Requests, ShowProgressOnATerminal) {
  line_.change([](FakeService& service) { service.sample.put("web-ip", beta, ResourceState::starting); });
  SharedText err_text;
  std::ostream err(&err_text);
  std::ostringstream out;
  cli::Console console{out, err};
  console.err_is_terminal = true;
  cli::Exit exit = cli::Exit::failed;
  std::thread command([&] {
    exit = cli::run({"--socket", line_.socket(), "resource", "move", "web", "beta"}, console);
  });
  EXPECT_TRUE(
      eventually([&] { return err_text.text().find("move web: 0 s, web-ip starting on beta") != std::string::npos; }));
  line_.change([](FakeService& service) { service.asked.at(0).done({AnswerKind::done, "moved"}); });
  command.join();
  EXPECT_EQ(exit, cli::Exit::done);
  EXPECT_EQ(out.str(), "moved\n");
  EXPECT_THAT(err_text.text(), testing::EndsWith("\r\033[K"));
}

}  // namespace
}  // namespace holdfast::test
