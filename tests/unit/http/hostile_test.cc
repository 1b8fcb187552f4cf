// E3: whatever is sent, the server goes on and says what is wrong where it can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/random.h"
#include "unit/http/raw_client.h"
#include "unit/http/served.h"

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HostileHttp : public testing::Test {
 protected:
  HostileHttp() {
    settings_.path = folder_.file("api.sock");
    settings_.request_limit = Millis{300};
    settings_.body_bytes = 64 * 1024;
    settings_.header_bytes = 4096;
    served_ =
        std::make_unique<Served>(settings_, [](const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) {
          reply->send({200, "text/plain", "well " + std::to_string(request.body.size())});
        });
  }

  std::string say(std::string_view bytes) {
    RawClient client(settings_.path);
    client.send(bytes);
    return client.read_all();
  }

  void expect_alive() {
    RawClient client(settings_.path);
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.read_answer(), testing::EndsWith("well 0"));
    client.hang_up();
    EXPECT_TRUE(eventually([&] { return served_->connections() == 0; }));
  }

  TemporaryFolder folder_;
  http::ServerSettings settings_;
  std::unique_ptr<Served> served_;
};

TEST_F(HostileHttp, GarbageGetsA400) {
  EXPECT_THAT(say("\x16\x03\x01\x02 this is no HTTP\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(say("GET / HTTP/9.9\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(say("GET / HTTP/1.1\r\nno colon\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(say("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(say("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), StartsWith("HTTP/1.1 400"));
  expect_alive();
}

TEST_F(HostileHttp, AHugeHeaderGetsA431) {
  EXPECT_THAT(say("GET / HTTP/1.1\r\nX: " + std::string(100000, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(say("GET /" + std::string(100000, 'x')), StartsWith("HTTP/1.1 431"));
  expect_alive();
}

TEST_F(HostileHttp, AHugeBodyGetsA413WhetherItSaysItsSizeOrNot) {
  EXPECT_THAT(say("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("more than 65536 bytes")));
  std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunked += "1000\r\n" + std::string(4096, 'x') + "\r\n";
  EXPECT_THAT(say(chunked), StartsWith("HTTP/1.1 413"));
  expect_alive();
}

TEST_F(HostileHttp, ABodyOfJustTheLimitIsTaken) {
  RawClient client(settings_.path);
  client.send("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n" + std::string(65536, 'x'));
  EXPECT_THAT(client.read_answer(), testing::EndsWith("well 65536"));
}

TEST_F(HostileHttp, ASlowAskerIsCutOff) {
  RawClient slow(settings_.path);
  const auto began = std::chrono::steady_clock::now();
  bool cut = false;
  for (int i = 0; i < 200 && !cut; ++i) {  // a byte every 20 ms would take for ever
    cut = !slow.send(i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(cut);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(250));
  expect_alive();
}

TEST_F(HostileHttp, AnIdleConnectionIsClosed) {
  RawClient idle(settings_.path);
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_TRUE(idle.at_end());
  expect_alive();
}

TEST_F(HostileHttp, AnEndInTheMiddleIsNoAnswerAndNoHarm) {
  for (const char* part : {"", "G", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"}) {
    RawClient client(settings_.path);
    client.send(part);
    client.say_no_more();
    EXPECT_EQ(client.read_all(), "") << part;
  }
  expect_alive();
}

TEST_F(HostileHttp, RandomBytesAndBrokenRequestsDoNoHarm) {
  Random random(20260131);
  const std::string good =
      "POST /v1/resources/web/move?x=%41 HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n{\"node\":\"alpha\"}\n";
  for (int round = 0; round < 400; ++round) {
    std::string bytes =
        random.chance(70) ? good + good : std::string(static_cast<std::size_t>(random.between(1, 300)), 'x');
    for (std::int64_t change = random.between(1, 12); change > 0; --change)
      bytes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(bytes.size()) - 1))] =
          static_cast<char>(random.between(0, 255));
    RawClient client(settings_.path);
    client.send(bytes);
    if (random.chance(50)) {
      client.say_no_more();
      client.read_all();
    }
  }
  expect_alive();
}

}  // namespace
}  // namespace holdfast::test
