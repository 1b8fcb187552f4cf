// Every message about notifications (V5), word for word, and that every setting arrives.
#include <gmock/gmock.h>

#include "sample.h"

namespace holdfast::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Lines from 18 on.
Edits notify(const std::string& lines) { return {{18, "[[notify]]\n" + lines}}; }
const std::string mail = R"(name = "ops"
by = "mail"
server = "mail.example:25"
from = "holdfast@example.com"
to = ["ops@example.com"]
)";

const Case notify_cases[] = {
    {"OneTable",
     {{18, "[notify]\nname = \"ops\""}},
     {"h.toml:18: notify is a table; each notify must stand under its own [[notify]]"}},
    {"NothingGiven",
     notify(""),
     {R"(h.toml:18: [[notify]]: name is missing; it must be given, for example name = "ops")",
      R"(h.toml:18: [[notify]]: by is missing; it must be given, for example by = "mail")"}},
    {"WayUnknown",
     notify("name = \"ops\"\nby = \"email\""),
     {R"(h.toml:20: notify "ops": by = "email" is not known (did you mean "mail"?); allowed: mail, snmp, webhook, program)"}},
    {"MailWithoutAll",
     notify("name = \"ops\"\nby = \"mail\""),
     {R"(h.toml:18: notify "ops": server is missing; it must be given, for example server = "mail.example.com:25")",
      R"(h.toml:18: notify "ops": from is missing; it must be given, for example from = "holdfast@example.com")",
      R"(h.toml:18: notify "ops": to is missing; it must be given, for example to = ["ops@example.com"])"}},
    {"ServerWithoutPort",
     notify("name = \"ops\"\nby = \"mail\"\nserver = \"mail.example\"\nfrom = \"a@b.c\"\nto = [\"a@b.c\"]"),
     {R"(h.toml:21: notify "ops": server = "mail.example" is not of the form host:port; allowed: mail.example.com:25, 10.0.0.1:587, [fd00::1]:465)"}},
    {"NoMailAddress",
     notify("name = \"ops\"\nby = \"mail\"\nserver = \"m:25\"\nfrom = \"holdfast\"\nto = [\"a b@c\", \"<x@y.z>\"]"),
     {R"(h.toml:22: notify "ops": from = "holdfast" is not a mail address; it must be of the form holdfast@example.com)",
      R"(h.toml:23: notify "ops": to: "a b@c" is not a mail address; it must be of the form ops@example.com)",
      R"(h.toml:23: notify "ops": to: "<x@y.z>" is not a mail address; it must be of the form ops@example.com)"}},
    {"HeaderInjected",
     notify("name = \"ops\"\nby = \"mail\"\nserver = \"m:25\"\nfrom = \"a@b.c\"\nto = [\"a@b.c\\nBcc: x@y.z\"]"),
     {R"(h.toml:23: notify "ops": to: "a@b.c?Bcc: x@y.z" is not a mail address; it must be of the form ops@example.com)"}},
    {"NobodyToTell",
     notify("name = \"ops\"\nby = \"mail\"\nserver = \"m:25\"\nfrom = \"a@b.c\"\nto = []"),
     {R"(h.toml:23: notify "ops": to has 0 addresses; it must list 1 to 32)"}},
    {"UserAlone",
     notify(mail + "user = \"u\""),
     {R"(h.toml:18: notify "ops": user and password_file go together; give both, or none)"}},
    {"PasswordUnencrypted",
     notify(mail + "user = \"u\"\npassword_file = \"/p\""),
     {R"(h.toml:24: warning: notify "ops": user and password go to the server unencrypted; tls = "starttls" or "tls" would hide them)"}},
    {"KeyOfAnotherWay",
     notify("name = \"nms\"\nby = \"snmp\"\nhosts = [\"10.0.0.9\"]\nserver = \"m:25\""),
     {R"(h.toml:22: notify "nms": unknown key "server"; allowed: name, by, events, hosts, community, inform)"}},
    {"EventUnknown",
     notify(mail + "events = [\"node-fail\", \"test\"]"),
     {R"(h.toml:24: notify "ops": events: "node-fail" is not known (did you mean "node-failed"?); allowed: node-started, node-stopping, node-stopped, switchover-begun, switchover-done, switchover-failed, node-failed, takeover-done, takeover-failed, recovery-begun, recovery-failed, recovery-done, link-up, link-down, failover-begun, failover-done, failover-failed, resource-failed, start-failed, stop-failed, in-service-twice, resource-removed, adopted, unprotected, node-back, daemon-dead, node-set-aside, configuration-differs, operator-wanted, fencing-begun, node-off, fencing-failed, quorum-lost, node-reset, maintenance, configuration-changed, defect)",
      R"(h.toml:24: notify "ops": events: "test" is not known; allowed: node-started, node-stopping, node-stopped, switchover-begun, switchover-done, switchover-failed, node-failed, takeover-done, takeover-failed, recovery-begun, recovery-failed, recovery-done, link-up, link-down, failover-begun, failover-done, failover-failed, resource-failed, start-failed, stop-failed, in-service-twice, resource-removed, adopted, unprotected, node-back, daemon-dead, node-set-aside, configuration-differs, operator-wanted, fencing-begun, node-off, fencing-failed, quorum-lost, node-reset, maintenance, configuration-changed, defect)"}},
    {"EventsEmpty",
     notify(mail + "events = []"),
     {R"(h.toml:24: notify "ops": events is empty; list at least one, or leave it out for all)"}},
    {"NameTwice",
     notify(mail + "[[notify]]\nname = \"ops\"\nby = \"program\"\npath = \"/x\""),
     {R"(h.toml:25: notify "ops": this name stands twice; names must differ)"}},
    {"NoManager",
     notify("name = \"nms\"\nby = \"snmp\"\nhosts = [\"bad host\"]"),
     {R"(h.toml:21: notify "nms": hosts: "bad host" is not a host or host:port; allowed: 10.0.0.9, nms.example:162, [fd00::9]:162)"}},
    {"NoUrl",
     notify("name = \"hook\"\nby = \"webhook\"\nurl = \"ftp://x\""),
     {R"(h.toml:21: notify "hook": url = "ftp://x" is not a web address; it must begin with https:// or http:// and have no blanks)"}},
    {"TokenUnencrypted",
     notify("name = \"hook\"\nby = \"webhook\"\nurl = \"http://x/\"\ntoken_file = \"/t\""),
     {R"(h.toml:22: warning: notify "hook": the token goes over http unencrypted; https would hide it)"}},
    {"ProgramRelative",
     notify("name = \"p\"\nby = \"program\"\npath = \"tell\""),
     {R"(h.toml:21: notify "p": path = "tell" is not an absolute path; it must begin with /)"}},
};

class NotifyMessages : public testing::TestWithParam<Case> {};

TEST_P(NotifyMessages, AreSaidAsTheyStandHere) {
  const ReadOutcome outcome = read_config(edited(GetParam().edits), "h.toml");
  EXPECT_EQ(lines_of(outcome), GetParam().expected);
  EXPECT_EQ(outcome.config.has_value(), only_warnings(outcome));
}

INSTANTIATE_TEST_SUITE_P(Notify, NotifyMessages, testing::ValuesIn(notify_cases), case_name);

TEST(Notify, NoneByDefault) {
  const ReadOutcome outcome = read_config(edited({}), "h.toml");
  ASSERT_TRUE(outcome.config);
  EXPECT_THAT(outcome.config->notify, IsEmpty());
}

TEST(Notify, EverySettingArrives) {
  const ReadOutcome outcome = read_config(edited(notify(mail + R"(tls = "starttls"
user = "holdfast"
password_file = "/etc/holdfast/mail-password"
ca_file = "/etc/ssl/own.pem"
events = ["node-failed", "in-service-twice", "node-failed"]
[[notify]]
name = "nms"
by = "snmp"
hosts = ["10.0.0.9", "nms.example:1162", "fd00::9"]
community = "cluster"
inform = true
[[notify]]
name = "chat"
by = "webhook"
url = "https://chat.example/hook"
token_file = "/etc/holdfast/chat-token"
[[notify]]
name = "own"
by = "program"
path = "/usr/local/bin/tell"
)")),
                                          "h.toml");
  EXPECT_THAT(lines_of(outcome), IsEmpty());
  ASSERT_TRUE(outcome.config);
  const std::vector<NotifyTarget>& all = outcome.config->notify;
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].by, NotifyBy::mail);
  EXPECT_EQ(all[0].server, "mail.example:25");
  EXPECT_EQ(all[0].from, "holdfast@example.com");
  EXPECT_THAT(all[0].to, ElementsAre("ops@example.com"));
  EXPECT_EQ(all[0].tls, MailTls::starttls);
  EXPECT_EQ(all[0].user, "holdfast");
  EXPECT_EQ(all[0].password_file, "/etc/holdfast/mail-password");
  EXPECT_EQ(all[0].ca_file, "/etc/ssl/own.pem");
  EXPECT_THAT(all[0].events, ElementsAre(NotificationKind::node_failed, NotificationKind::in_service_twice));
  EXPECT_EQ(all[1].by, NotifyBy::snmp);
  EXPECT_THAT(all[1].hosts, ElementsAre("10.0.0.9:162", "nms.example:1162", "[fd00::9]:162"));
  EXPECT_EQ(all[1].community, "cluster");
  EXPECT_TRUE(all[1].inform);
  EXPECT_THAT(all[1].events, IsEmpty());
  EXPECT_EQ(all[2].url, "https://chat.example/hook");
  EXPECT_EQ(all[2].token_file, "/etc/holdfast/chat-token");
  EXPECT_EQ(all[3].path, "/usr/local/bin/tell");
}

TEST(Notify, NoMoreThanSixteen) {
  std::string all;
  for (int i = 0; i < 17; ++i)
    all += "[[notify]]\nname = \"p" + std::to_string(i) + "\"\nby = \"program\"\npath = \"/x\"\n";
  EXPECT_THAT(lines_of(read_config(edited({{18, all}}), "h.toml")),
              ElementsAre("h.toml:82: notify: at most 16 targets are allowed"));
}

}  // namespace
}  // namespace holdfast::config
