// The ways out, against real programs and sockets on loopback. Real receivers of mail and traps: tests/cluster.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/notify/sent.h"
#include "base/descriptor.h"
#include "unit/temporary_folder.h"

namespace holdfast::notify {
namespace {

using testing::HasSubstr;

Notification failed() {
  Notification one;
  one.kind = NotificationKind::takeover_done;
  one.severity = Severity::error;
  one.at = WallTime{1'700'000'000'123};
  one.cluster = "demo";
  one.node = "c";
  one.teller = "a";
  one.subject = "taken over from c: db on b";
  one.resources = {"db", "ip"};
  one.lines = {"first", "second"};
  return one;
}

const GiveUp go_on = false;

struct Socket {
  Descriptor descriptor;
  std::string host;  ///< 127.0.0.1:port

  explicit Socket(int type) : descriptor(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    host = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
};

NotifyTarget program(const TemporaryFolder& folder, const std::string& text) {
  const auto path = folder.path() / "tell";
  std::ofstream(path) << "#!/bin/sh\n" << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  NotifyTarget target;
  target.by = NotifyBy::program;
  target.path = path;
  return target;
}

TEST(Program, GetsTheEventInItsEnvironmentAndOnItsInput) {
  const TemporaryFolder folder;
  const std::string out = folder.path() / "out";
  const Sent sent =
      run_program(program(folder, "(env | grep HOLDFAST_ | sort; cat) > " + out + "\necho fine\n"), {failed()}, go_on);
  EXPECT_TRUE(sent.taken) << sent.text;
  EXPECT_THAT(sent.text, HasSubstr("ended with exit code 0: fine"));
  std::ifstream stream(out);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_EQ(text,
            "HOLDFAST_CLUSTER=demo\nHOLDFAST_EVENT=takeover-done\nHOLDFAST_NODE=c\nHOLDFAST_REASON=first\n"
            "HOLDFAST_RESOURCES=db ip\nHOLDFAST_SEVERITY=error\nHOLDFAST_SUBJECT=taken over from c: db on b\n"
            "HOLDFAST_TELLER=a\nHOLDFAST_TIME=2023-11-14 22:13:20.123 UTC\nHOLDFAST_TRAP=121\n"
            R"({"event":"takeover-done","trap":121,"severity":"error","time":"2023-11-14T22:13:20.123Z",)"
            R"("cluster":"demo","node":"c","teller":"a","subject":"taken over from c: db on b",)"
            R"("resources":["db","ip"],"reasons":["first","second"]})"
            "\n");
}

TEST(Program, ThatFailsOrIsNotThereIsNotTaken) {
  const TemporaryFolder folder;
  const Sent sent = run_program(program(folder, "echo no paper >&2\nexit 3\n"), {failed()}, go_on);
  EXPECT_FALSE(sent.taken);
  EXPECT_THAT(sent.text, HasSubstr("ended with exit code 3: no paper"));
  NotifyTarget missing;
  missing.path = folder.path() / "nothing";
  EXPECT_FALSE(run_program(missing, {failed()}, go_on).taken);
}

TEST(Trap, IsOneDatagramWithTheNumbersOfTheEnterprise) {
  Socket receiver(SOCK_DGRAM);
  NotifyTarget target;
  target.hosts = {receiver.host};
  target.community = "ours";
  const Sent sent = send_trap(target, {failed()}, go_on);
  EXPECT_TRUE(sent.taken) << sent.text;
  std::string bytes(2000, '\0');
  bytes.resize(static_cast<std::size_t>(::recv(receiver.descriptor.get(), bytes.data(), bytes.size(), 0)));
  EXPECT_THAT(bytes, HasSubstr("ours"));
  // 1.3.6.1.4.1.7359 is 2b 06 01 04 01 b9 3f; the trap is its 1.0.121, the list of what was recovered its 1.3.
  EXPECT_THAT(bytes, HasSubstr(std::string("\x06\x0a\x2b\x06\x01\x04\x01\xb9\x3f\x01\x00\x79", 12)));
  EXPECT_THAT(bytes, HasSubstr(std::string("\x06\x09\x2b\x06\x01\x04\x01\xb9\x3f\x01\x01\x04\x1a", 13) +
                               "taken over from c: db on b"));
  EXPECT_THAT(bytes, HasSubstr(std::string("\x06\x09\x2b\x06\x01\x04\x01\xb9\x3f\x01\x03\x04\x05", 13) + "db ip"));
}

TEST(Trap, AnInformThatNobodyConfirmsIsNotTaken) {
  Socket silent(SOCK_DGRAM);
  NotifyTarget target;
  target.hosts = {silent.host};
  target.inform = true;
  const Sent sent = send_trap(target, {failed()}, go_on);
  EXPECT_FALSE(sent.taken);
  EXPECT_THAT(sent.text, HasSubstr(silent.host));
}

TEST(Mail, SaysWhyNobodyTookIt) {
  NotifyTarget target;
  target.from = "a@b.c";
  target.to = {"d@e.f"};
  {
    Socket closed(SOCK_STREAM);  // bound, and nobody listens
    target.server = closed.host;
  }
  const Sent sent = send_mail(target, {failed()}, go_on);
  EXPECT_FALSE(sent.taken);
  EXPECT_THAT(sent.text, HasSubstr(target.server));
  EXPECT_THAT(sent.text, HasSubstr("onnect"));
  target.user = "u";
  target.password_file = "/nonexistent/password";
  EXPECT_EQ(send_mail(target, {failed()}, go_on).text, "/nonexistent/password: No such file or directory");
}

TEST(Mail, ATransferIsGivenUpWhenTheDaemonEnds) {
  Socket silent(SOCK_STREAM);  // accepts, and says nothing
  ASSERT_EQ(::listen(silent.descriptor.get(), 1), 0);
  NotifyTarget target;
  target.from = "a@b.c";
  target.to = {"d@e.f"};
  target.server = silent.host;
  const GiveUp ended = true;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(send_mail(target, {failed()}, ended).taken);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace holdfast::notify
