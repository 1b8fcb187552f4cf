#include "adapters/notify/mail_text.h"

#include <algorithm>
#include <ctime>

#include "base/format.h"
#include "model/names.h"

namespace holdfast::notify {

namespace {

constexpr std::size_t longest_line = 900;  ///< RFC 5321: 998
constexpr std::size_t longest_subject = 160;
constexpr std::size_t most_resources = 200;

/// What stands in a header is printing ASCII: no line end gets in, whatever a resource's agent said.
std::string plain(std::string text) {
  for (char& c : text)
    if (c < ' ' || c > '~') c = c == '\n' || c == '\t' ? ' ' : '?';
  return text;
}

/// One line of text as one or several lines of the body.
void add_line(std::string& body, std::string_view indent, std::string_view text) {
  do {
    std::size_t cut = std::min(text.size(), longest_line);
    while (cut > 0 && cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // UTF-8
    const std::string_view part = text.substr(0, cut == 0 ? longest_line : cut);
    body += indent;
    for (const char c : part) body += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
    body += "\r\n";
    text.remove_prefix(part.size());
  } while (!text.empty());
}

std::string listed(const std::vector<std::string>& names) {
  const std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_resources)));
  std::string text = format("{}", fmt::join(shown, ", "));
  if (shown.size() < names.size()) text += format(" and {} more", names.size() - shown.size());
  return text;
}

void add(std::string& body, const Notification& one) {
  add_line(body, "", format("{}  {}  {}", utc_words(one.at), name_of(one.kind), one.subject));
  if (!one.node.empty()) add_line(body, "    node:      ", one.node);
  if (!one.resources.empty()) add_line(body, "    resources: ", listed(one.resources));
  for (const std::string& line : one.lines)
    if (line != one.subject) add_line(body, "    - ", line);
  body += "\r\n";
}

std::string date_header(WallTime at) {
  const std::time_t seconds = at.millis / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon],
                parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

std::string utc_words(WallTime time) {
  const std::time_t seconds = time.millis / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec, time.millis % 1000);
}

std::string mail_subject(const std::vector<Notification>& all) {
  if (all.empty()) return {};
  const auto gravest = std::max_element(
      all.begin(), all.end(), [](const Notification& a, const Notification& b) { return a.severity < b.severity; });
  const std::string more = all.size() > 1 ? format(" (and {} more)", all.size() - 1) : "";
  std::string text = plain(format("[{}] {}", gravest->cluster, gravest->subject));
  if (text.size() + more.size() > longest_subject) text = text.substr(0, longest_subject - more.size() - 3) + "...";
  return text + more;
}

std::string mail_text(const NotifyTarget& target, const std::vector<Notification>& all, const std::string& id) {
  std::string text;
  const std::string domain = target.from.substr(target.from.rfind('@') + 1);
  text += format("From: Holdfast <{}>\r\n", plain(target.from));
  for (std::size_t i = 0; i < target.to.size(); ++i)
    text += format("{}<{}>{}\r\n", i == 0 ? "To: " : "  ", plain(target.to[i]), i + 1 < target.to.size() ? "," : "");
  text += format("Subject: {}\r\n", mail_subject(all));
  text += format("Date: {}\r\n", date_header(all.empty() ? WallTime{} : all.back().at));
  text += format("Message-ID: <{}@{}>\r\n", plain(id), plain(domain));
  text += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
  text += "Auto-Submitted: auto-generated\r\n\r\n";
  for (const Notification& one : all) add(text, one);
  if (!all.empty())
    add_line(text, "",
             format("Told by {} of cluster {}. `holdfast status` and `holdfast why RESOURCE` say how it stands now.",
                    all.front().teller, all.front().cluster));
  return text;
}

}  // namespace holdfast::notify
