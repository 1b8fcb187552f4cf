#include "adapters/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/http/raw_client.h"
#include "unit/http/served.h"

namespace holdfast::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class HttpServer : public testing::Test {
 protected:
  http::ServerSettings settings() {
    http::ServerSettings settings;
    settings.path = folder_.file("api.sock");
    return settings;
  }
  std::string path() { return settings().path; }

  TemporaryFolder folder_;
};

/// Says what it was asked.
void echo(const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) {
  reply->send({200, "text/plain", request.method + " " + request.target + " " + request.body});
}

TEST_F(HttpServer, AnswersARequest) {
  const Served served(settings(), echo);
  RawClient client(path());
  client.send("POST /v1/x?y=%20 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  const std::string answer = client.read_answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST /v1/x?y=%20 body"));
}

TEST_F(HttpServer, KeepsTheConnectionForTheNextRequest) {
  Served served(settings(), echo);
  RawClient client(path());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.read_answer(), EndsWith("GET /a "));
  }
  EXPECT_EQ(served.connections(), 1U);
}

TEST_F(HttpServer, ClosesWhenTheAskerWantsIt) {
  const Served served(settings(), echo);
  RawClient client(path());
  client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), EndsWith("GET /a "));
  EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServer, ReadsAChunkedBody) {
  const Served served(settings(), echo);
  RawClient client(path());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.read_answer(), EndsWith("POST / abcde"));
}

TEST_F(HttpServer, AnswersPipelinedRequestsInTheirOrderThoughTheFirstTakesLonger) {
  Served* served = nullptr;
  Served real(settings(), [&](const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) {
    if (request.target == "/slow")
      served->later(milliseconds(50), [=] { reply->send({200, "text/plain", "slow"}); });
    else
      echo(request, reply);
  });
  served = &real;
  RawClient client(path());
  client.send(
      "GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.read_answer(), EndsWith("slow"));
  EXPECT_THAT(client.read_answer(), EndsWith("GET /b "));
  EXPECT_THAT(client.read_answer(), EndsWith("GET /c "));
}

TEST_F(HttpServer, AnswersAnAskerThatHasSaidAllAndClosedItsHalf) {
  Served* served = nullptr;
  Served real(settings(), [&](const HttpRequest&, const std::shared_ptr<HttpReply>& reply) {
    served->later(milliseconds(50), [=] { reply->send({200, "text/plain", "late"}); });
  });
  served = &real;
  RawClient client(path());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  client.say_no_more();
  EXPECT_THAT(client.read_all(), EndsWith("late"));
}

TEST_F(HttpServer, FreesThePlaceOfAnAskerThatHungUpWhileWaiting) {
  std::shared_ptr<HttpReply> kept;
  Served served(settings(), [&](const HttpRequest&, const std::shared_ptr<HttpReply>& reply) { kept = reply; });
  RawClient client(path());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(eventually([&] {
    bool asked = false;
    served.on_loop([&] { asked = kept != nullptr; });
    return asked;
  }));
  EXPECT_EQ(served.connections(), 1U);
  client.hang_up();
  EXPECT_TRUE(eventually([&] { return served.connections() == 0; }));
  served.on_loop([&] {
    EXPECT_FALSE(kept->connected());
    kept->send({200, "text/plain", "nobody hears this"});
    kept.reset();
  });
}

TEST_F(HttpServer, TellsThatTheApplicationFailedOrGaveNoAnswer) {
  const Served served(settings(), [](const HttpRequest& request, const std::shared_ptr<HttpReply>&) {
    if (request.target == "/throw") throw std::runtime_error("defect");
  });
  RawClient client(path());
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\nGET /forget HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.read_answer(), testing::AllOf(StartsWith("HTTP/1.1 500"), EndsWith("failed on this request\"}")));
  EXPECT_THAT(client.read_answer(), testing::AllOf(StartsWith("HTTP/1.1 500"), EndsWith("gave no answer\"}")));
}

TEST_F(HttpServer, RefusesOneConnectionTooMany) {
  http::ServerSettings few = settings();
  few.connections = 2;
  Served served(few, echo);
  RawClient first(path());
  RawClient second(path());
  ASSERT_TRUE(eventually([&] { return served.connections() == 2; }));
  {
    RawClient third(path());
    EXPECT_THAT(third.read_all(), testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("too many connections")));
  }
  first.hang_up();
  ASSERT_TRUE(eventually([&] { return served.connections() == 1; }));
  RawClient fourth(path());
  fourth.send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(fourth.read_answer(), EndsWith("GET /again "));
}

TEST_F(HttpServer, RepliesHeldBeyondTheEndOfServerAndLoopAreHarmless) {
  std::shared_ptr<HttpReply> unanswered;
  std::shared_ptr<HttpReply> stream;
  {
    Served served(settings(), [&](const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) {
      (request.target == "/stream" ? stream : unanswered) = reply;
      if (request.target == "/stream") reply->begin_stream("text/plain", "alive");
    });
    RawClient first(path());
    RawClient second(path());
    first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    second.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(eventually([&] {
      bool asked = false;
      served.on_loop([&] { asked = unanswered && stream; });
      return asked;
    }));
  }
  EXPECT_FALSE(unanswered->connected());
  EXPECT_FALSE(stream->connected());
  unanswered->send({200, "text/plain", "nobody hears this"});
  stream->write("nor this");
}

}  // namespace
}  // namespace holdfast::test
