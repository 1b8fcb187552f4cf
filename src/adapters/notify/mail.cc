#include <unistd.h>

#include "adapters/notify/curl.h"
#include "adapters/notify/mail_text.h"
#include "adapters/notify/secret.h"
#include "base/digest.h"
#include "base/format.h"
#include "model/names.h"

namespace holdfast::notify {

namespace {

/// The same for every attempt: what it is about, when, and who tells it.
std::string message_id(const Notifications& all) {
  std::string id;
  if (!all.empty())
    id = format("{}.{}.{}.{}", all.front().at.millis, name_of(all.front().kind), all.size(), all.front().teller);
  return "holdfast." + id;
}

}  // namespace

Sent send_mail(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up) {
  Transfer transfer(give_up);
  transfer.set(CURLOPT_URL, format("{}://{}", target.tls == MailTls::tls ? "smtps" : "smtp", target.server).c_str());
  transfer.set(CURLOPT_PROXY, "");
  if (target.tls != MailTls::off) transfer.set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!target.ca_file.empty()) transfer.set(CURLOPT_CAINFO, target.ca_file.c_str());
  if (!target.user.empty()) {
    const Result<std::string> password = read_secret(target.password_file);
    if (!password) return {false, password.error().text};
    transfer.set(CURLOPT_USERNAME, target.user.c_str());
    transfer.set(CURLOPT_PASSWORD, password->c_str());
  }
  transfer.set(CURLOPT_MAIL_FROM, format("<{}>", target.from).c_str());
  for (const std::string& to : target.to) transfer.add_recipient(format("<{}>", to));
  transfer.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one address that is gone must not keep it from the others
  const std::string text = mail_text(target, all, message_id(all));
  transfer.upload(text);
  transfer.set(CURLOPT_UPLOAD, 1L);
  std::string why;
  if (transfer.run(why)) {
    if (transfer.refusal().empty()) return {true, format("{} took it: {}", target.server, transfer.last_line())};
    return {true, format("{} took it, but not for all receivers: {}", target.server, transfer.refusal())};
  }
  if (!transfer.refusal().empty()) why += format(" (it said: {})", transfer.refusal());
  return {false, format("{}: {}", target.server, why)};
}

}  // namespace holdfast::notify
