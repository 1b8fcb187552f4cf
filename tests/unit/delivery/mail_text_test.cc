// How a mail looks on the wire, and that nothing that an agent says breaks out of it.
#include "adapters/notify/mail_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/notify/json.h"

namespace holdfast::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

Notification failed() {
  Notification one;
  one.kind = NotificationKind::node_failed;
  one.severity = Severity::error;
  one.at = WallTime{1'700'000'000'123};
  one.cluster = "demo";
  one.node = "c";
  one.teller = "a";
  one.subject = "c failed; db goes to b";
  one.resources = {"db"};
  one.lines = {"c does not answer over any link: it failed [N1]", "c failed: db goes to b [N4]"};
  return one;
}

NotifyTarget ops() {
  NotifyTarget target;
  target.from = "holdfast@example.com";
  target.to = {"ops@example.com", "night@example.com"};
  return target;
}

TEST(MailText, WholeMail) {
  EXPECT_EQ(mail_text(ops(), {failed()}, "id.1"),
            "From: Holdfast <holdfast@example.com>\r\n"
            "To: <ops@example.com>,\r\n"
            "  <night@example.com>\r\n"
            "Subject: [demo] c failed; db goes to b\r\n"
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
            "Message-ID: <id.1@example.com>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "\r\n"
            "2023-11-14 22:13:20.123 UTC  node-failed  c failed; db goes to b\r\n"
            "    node:      c\r\n"
            "    resources: db\r\n"
            "    - c does not answer over any link: it failed [N1]\r\n"
            "    - c failed: db goes to b [N4]\r\n"
            "\r\n"
            "Told by a of cluster demo. `holdfast status` and `holdfast why RESOURCE` say how it stands now.\r\n");
}

TEST(MailText, TheGravestMakesTheSubject) {
  Notification first = failed();
  first.severity = Severity::notify;
  first.subject = "a path is up";
  EXPECT_EQ(mail_subject({first, failed()}), "[demo] c failed; db goes to b (and 1 more)");
}

TEST(MailText, NothingBreaksOutOfAHeaderOrALine) {
  Notification bad = failed();
  bad.subject = "x\r\nBcc: all@example.com\xC3\xA4";
  bad.lines = {"one\r\n.\r\nQUIT", std::string(3000, 'y')};
  const std::string text = mail_text(ops(), {bad}, "id");
  EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(text, Not(HasSubstr("\n.\r")));
  std::size_t begin = 0;
  for (std::size_t end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", begin)) {
    EXPECT_LE(end - begin, 998U);
    EXPECT_EQ(text.substr(begin, end - begin).find_first_of("\r\n"), std::string::npos);
    begin = end + 2;
  }
  EXPECT_LE(mail_subject({bad}).size(), 160U);
  bad.subject = std::string(500, 'z');
  EXPECT_EQ(mail_subject({bad, bad}).size(), 160U);
}

TEST(Json, EverythingOnOneLine) {
  Notification one = failed();
  one.lines = {"not \xFF UTF-8"};
  EXPECT_EQ(
      to_json(one),
      R"({"event":"node-failed","trap":120,"severity":"error","time":"2023-11-14T22:13:20.123Z","cluster":"demo",)"
      R"("node":"c","teller":"a","subject":"c failed; db goes to b","resources":["db"],)"
      "\"reasons\":[\"not \xEF\xBF\xBD UTF-8\"]}");
}

}  // namespace
}  // namespace holdfast::notify
