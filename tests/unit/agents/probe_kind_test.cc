// K9: a real process that real clients ask, also such that are not well-behaved.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <vector>

#include "adapters/process/process_record.h"
#include "base/descriptor.h"
#include "program.h"

namespace holdfast::test {
namespace {

using Clock = std::chrono::steady_clock;
using testing::HasSubstr;

int own_port(int family) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  const Descriptor socket{::socket(family, SOCK_STREAM, 0)};
  socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  bind(socket.get(), reinterpret_cast<sockaddr*>(&storage), size);
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  return ntohs(reinterpret_cast<sockaddr_in&>(storage).sin_port);
}

class ProbeTest : public testing::Test {
 protected:
  ~ProbeTest() override { agent_.call("stop"); }

  /// -1: no connection.
  Descriptor connected() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Descriptor socket{::socket(AF_INET, SOCK_STREAM, 0)};
    if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) socket.close();
    return socket;
  }

  /// What comes until the end of the connection, within `limit`.
  static std::string read_all(int socket, int limit_millis = 8000) {
    std::string out;
    char buffer[512];
    pollfd entry{socket, POLLIN, 0};
    while (::poll(&entry, 1, limit_millis) > 0) {
      const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
      if (got <= 0) return out;
      out.append(buffer, static_cast<std::size_t>(got));
    }
    return out + "(no end)";
  }

  std::string ask(const std::string& text) const {
    const Descriptor socket = connected();
    if (!socket) return "(no connection)";
    static_cast<void>(!send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL));
    return read_all(socket.get());
  }

  Folder folder_;
  int port_ = own_port(AF_INET);
  Agent agent_{"probe", {{"port", std::to_string(port_)}}, folder_.path()};
};

TEST_F(ProbeTest, AnswersWhileItIsInService) {
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  EXPECT_EQ(agent_.call("ready").exit_code, 0);
  EXPECT_FALSE(connected()) << "nothing is started by ready (K10)";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  const std::string answer = ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nweb is in service here\n"));
  EXPECT_THAT(ask("HEAD / HTTP/1.0\n\n"), testing::EndsWith("\r\n\r\n"));
  EXPECT_TRUE(connected()) << "a plain connection";
  const std::string port = std::to_string(port_);
  EXPECT_THAT(shell("curl -s -m 5 -6 'http://[::1]:" + port + "/'"), HasSubstr("in service"));
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(agent_.call("stop").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  EXPECT_FALSE(connected());
}

TEST_F(ProbeTest, OneAddressOnly) {
  agent_.parameters["address"] = "::1";
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
  EXPECT_FALSE(connected());
}

TEST_F(ProbeTest, APortInUseIsNamed) {
  Agent other{"probe", {{"port", std::to_string(port_)}}, folder_.path(), "other"};
  ASSERT_EQ(other.call("start").exit_code, 0);
  for (const char* action : {"start", "ready"}) {
    const RunResult run = agent_.call(action);
    EXPECT_EQ(run.exit_code, 1) << action;
    EXPECT_THAT(run.output, HasSubstr(":" + std::to_string(port_) + " is in use")) << action;
  }
  EXPECT_EQ(agent_.call("monitor").exit_code, 7) << "that the other one answers does not count";
  other.call("stop");
}

TEST_F(ProbeTest, ItsDeathIsSeenAndRecovered) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  const auto known = read_process_record(process_record_path(folder_.path(), "web"));
  ASSERT_TRUE(known);
  kill(known->pid, SIGSTOP);
  const RunResult stuck = agent_.call("monitor", Millis{1000});
  EXPECT_EQ(stuck.exit_code, 1);
  EXPECT_THAT(stuck.output, HasSubstr("does not answer"));
  kill(known->pid, SIGKILL);
  while (is_alive(*known)) usleep(1000);
  EXPECT_EQ(agent_.call("monitor").exit_code, 7);
  EXPECT_EQ(agent_.call("recover").exit_code, 0);
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
}

/// E3: each costs its own connection only.
TEST_F(ProbeTest, HostileClients) {
  ASSERT_EQ(agent_.call("start").exit_code, 0);
  EXPECT_EQ(ask(std::string("\x16\x03\x01\x02\x00\x01", 6)), "") << "TLS is no request";
  EXPECT_EQ(ask("POST / HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(ask("GET /" + std::string(100000, 'a')), "") << "a request without an end";
  const Descriptor slow = connected();
  static_cast<void>(!send(slow.get(), "GET", 3, MSG_NOSIGNAL));
  std::vector<Descriptor> silent;
  for (int i = 0; i < 300; ++i) silent.push_back(connected());
  const auto began = Clock::now();
  EXPECT_THAT(ask("GET / HTTP/1.1\r\n\r\n"), HasSubstr("200 OK")) << "three hundred that say nothing";
  EXPECT_LT(Clock::now() - began, std::chrono::seconds{3});
  EXPECT_EQ(read_all(silent.front().get()), "") << "the oldest has given way";
  EXPECT_EQ(read_all(silent.back().get()), "") << "nobody stays for ever";
  EXPECT_EQ(agent_.call("monitor").exit_code, 0);
}

TEST_F(ProbeTest, WrongParametersAreNamed) {
  agent_.parameters["port"] = "70000";
  EXPECT_EQ(agent_.call("start").exit_code, 6);
  EXPECT_THAT(agent_.call("start").output, HasSubstr("must be a whole number from 1 to 65535"));
  agent_.parameters["port"] = "80";
  agent_.parameters["address"] = "10.0.0.1/24";
  EXPECT_EQ(agent_.call("validate-all").exit_code, 6);
  agent_.parameters["address"] = "192.0.2.1";
  EXPECT_THAT(agent_.call("start").output, HasSubstr("cannot listen on 192.0.2.1:80"));
  EXPECT_EQ(agent_.call("ready").exit_code, 0) << "the address may come with the resource below";
}

}  // namespace
}  // namespace holdfast::test
