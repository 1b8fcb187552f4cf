#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/raw_client.h"
#include "unit/http/served.h"

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A server whose every answer is a stream that the test writes to.
class HttpStream : public testing::Test {
 protected:
  void serve(Millis heartbeat) {
    http::ServerSettings settings;
    settings.path = folder_.file("api.sock");
    settings.heartbeat = heartbeat;
    settings.stream_bytes = 256 * 1024;
    served_ = std::make_unique<Served>(settings, [this](const HttpRequest&, const std::shared_ptr<HttpReply>& reply) {
      reply->begin_stream("text/event-stream", ": alive\n\n");
      stream_ = reply;
    });
    client_ = std::make_unique<RawClient>(settings.path);
    client_->send("GET /v1/events HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client_->read_until("\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 OK"), HasSubstr("Content-Type: text/event-stream\r\n")));
  }

  void write(const std::string& text) {
    served_->on_loop([&] { stream_->write(text); });
  }
  bool connected() {
    bool connected = false;
    served_->on_loop([&] { connected = stream_->connected(); });
    return connected;
  }
  ~HttpStream() override {
    if (served_) served_->on_loop([this] { stream_.reset(); });
  }

  TemporaryFolder folder_;
  std::shared_ptr<HttpReply> stream_;
  std::unique_ptr<Served> served_;
  std::unique_ptr<RawClient> client_;
};

TEST_F(HttpStream, BringsWhatIsWrittenAtOnceAndInOrder) {
  serve(Millis{60000});
  for (int i = 0; i < 100; ++i) write("event " + std::to_string(i) + "\n");
  const std::string text = client_->read_until("event 99\n");
  EXPECT_THAT(text, StartsWith("event 0\nevent 1\nevent 2\n"));
  write("later\n");
  EXPECT_EQ(client_->read_until("later\n"), "later\n");
}

TEST_F(HttpStream, EndsWithItsReply) {
  serve(Millis{60000});
  served_->on_loop([this] { stream_.reset(); });
  EXPECT_EQ(client_->read_all(), "");
  EXPECT_TRUE(client_->at_end());
}

TEST_F(HttpStream, ALostReaderIsSeenWithoutWriting) {
  serve(Millis{60000});
  EXPECT_TRUE(connected());
  client_->hang_up();
  EXPECT_TRUE(eventually([&] { return !connected(); }));
  EXPECT_EQ(served_->connections(), 0U);
  write("harmless\n");
}

TEST_F(HttpStream, AReaderThatClosedItsHalfGoesOnReading) {
  serve(Millis{20});
  client_->say_no_more();
  EXPECT_THAT(client_->read_until(": alive\n\n"), testing::EndsWith(": alive\n\n"));
  EXPECT_THAT(client_->read_until(": alive\n\n"), testing::EndsWith(": alive\n\n"));
  EXPECT_TRUE(connected());
}

TEST_F(HttpStream, AReaderThatDoesNotReadIsCutOff) {
  serve(Millis{60000});
  const std::string much(10000, 'x');
  EXPECT_TRUE(eventually([&] {
    write(much);
    return !connected();
  }));
  EXPECT_EQ(served_->connections(), 0U);
}

}  // namespace
}  // namespace holdfast::test
