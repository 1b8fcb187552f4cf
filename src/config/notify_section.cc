// The tables [[notify]] (V5).
#include <algorithm>

#include "base/format.h"
#include "config/enum_key.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr std::size_t most_targets = 16;
constexpr std::size_t most_receivers = 32;
constexpr std::string_view server_example = "\"mail.example.com:25\"";
constexpr std::string_view hosts_example = "[\"10.0.0.9\"]";

/// One printing word: what goes into a header, a URL or a packet as it is.
bool is_word(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return is_word(text, 254) && text.find_first_of("<>(),;:\"\\[]") == std::string_view::npos &&
         at != std::string_view::npos && at > 0 && text.find('@') == at &&
         (is_name(text.substr(at + 1)) || parse_address(text.substr(at + 1)));
}

/// An absolute path; none: absent, or said to be wrong.
std::optional<Placed<std::string>> read_file_name(TableReader& reader, std::string_view key, std::string_view example) {
  auto file = reader.text(key, example);
  if (!file || (file->value.starts_with('/') && file->value.find('\0') == std::string::npos)) return file;
  reader.error(file->place,
               format("{} = {} is not an absolute path; it must begin with /", key, in_quotes(file->value)));
  return std::nullopt;
}

void read_events(TableReader& reader, NotifyTarget& out) {
  const auto& names = EnumNames<NotificationKind>::names;
  const std::vector<std::string> known{names.begin(), names.end() - 1};  // test is always told
  const auto events = reader.texts("events", "[\"node-failed\", \"in-service-twice\"]");
  if (!events) return;
  if (events->items.empty() && events->all_right)
    reader.error(events->place, "events is empty; list at least one, or leave it out for all");
  for (const auto& item : events->items) {
    const auto kind = value_named<NotificationKind>(item.value);
    if (!kind || *kind == NotificationKind::test)
      reader.error(item.place, format("events: {} is not known{}; allowed: {}", in_quotes(item.value),
                                      did_you_mean(item.value, known), join(known)));
    else
      out.events.push_back(*kind);
  }
  std::ranges::sort(out.events);
  out.events.erase(std::unique(out.events.begin(), out.events.end()), out.events.end());
}

void read_receivers(TableReader& reader, NotifyTarget& out) {
  const auto to = reader.texts("to", "[\"ops@example.com\"]");
  if (!to) return;
  if ((to->items.empty() && to->all_right) || to->items.size() > most_receivers)
    reader.error(to->place, format("to has {} addresses; it must list 1 to {}", to->items.size(), most_receivers));
  for (const auto& item : to->items) {
    if (is_mail_address(item.value))
      out.to.push_back(item.value);
    else
      reader.error(item.place, format("to: {} is not a mail address; it must be of the form ops@example.com",
                                      in_quotes(item.value)));
  }
}

void read_login(TableReader& reader, Place place, NotifyTarget& out, Problems& problems) {
  const auto user = reader.text("user", "\"holdfast\"");
  const auto file = read_file_name(reader, "password_file", "\"/etc/holdfast/mail-password\"");
  if (user && !is_word(user->value, 254))
    return reader.error(user->place, "user must be 1 to 254 printing characters without a blank");
  if ((reader.find("user") != nullptr) != (reader.find("password_file") != nullptr))
    return reader.error(place, "user and password_file go together; give both, or none");
  if (!user || !file) return;
  out.user = user->value;
  out.password_file = file->value;
  if (out.tls == MailTls::off)
    problems.warning(user->place,
                     format("{}: user and password go to the server unencrypted; tls = \"starttls\" or \"tls\" would "
                            "hide them",
                            reader.where()));
}

void read_mail(TableReader& reader, Place place, NotifyTarget& out, Problems& problems) {
  reader.require("server", server_example);
  reader.require("from", "\"holdfast@example.com\"");
  reader.require("to", "[\"ops@example.com\"]");
  if (const auto server = reader.text("server", server_example)) {
    if (is_host_and_port(server->value))
      out.server = server->value;
    else
      reader.error(server->place, format("server = {} is not of the form host:port; allowed: mail.example.com:25, "
                                         "10.0.0.1:587, [fd00::1]:465",
                                         in_quotes(server->value)));
  }
  if (const auto from = reader.text("from", "\"holdfast@example.com\"")) {
    if (is_mail_address(from->value))
      out.from = from->value;
    else
      reader.error(from->place, format("from = {} is not a mail address; it must be of the form holdfast@example.com",
                                       in_quotes(from->value)));
  }
  read_receivers(reader, out);
  read_word(reader, "tls", out.tls);
  read_login(reader, place, out, problems);
  if (const auto file = read_file_name(reader, "ca_file", "\"/etc/ssl/own-ca.pem\"")) out.ca_file = file->value;
}

void read_snmp(TableReader& reader, NotifyTarget& out) {
  reader.require("hosts", hosts_example);
  if (const auto hosts = reader.texts("hosts", hosts_example)) {
    if ((hosts->items.empty() && hosts->all_right) || hosts->items.size() > most_receivers)
      reader.error(hosts->place,
                   format("hosts has {} entries; it must list 1 to {}", hosts->items.size(), most_receivers));
    for (const auto& item : hosts->items) {
      if (is_host_and_port(item.value))
        out.hosts.push_back(item.value);
      else if (const auto address = parse_address(item.value); address && address->family == Family::ipv6)
        out.hosts.push_back("[" + item.value + "]:162");
      else if (address || is_name(item.value))
        out.hosts.push_back(item.value + ":162");
      else
        reader.error(item.place, format("hosts: {} is not a host or host:port; allowed: 10.0.0.9, nms.example:162, "
                                        "[fd00::9]:162",
                                        in_quotes(item.value)));
    }
  }
  if (const auto community = reader.text("community", "\"public\"")) {
    if (is_word(community->value, 255))
      out.community = community->value;
    else
      reader.error(community->place, "community must be 1 to 255 printing characters without a blank");
  }
  if (const auto inform = reader.truth("inform")) out.inform = *inform;
}

void read_webhook(TableReader& reader, NotifyTarget& out, Problems& problems) {
  reader.require("url", "\"https://example.com/hook\"");
  const auto url = reader.text("url", "\"https://example.com/hook\"");
  if (url) {
    const std::size_t scheme = url->value.starts_with("https://") ? 8 : url->value.starts_with("http://") ? 7 : 0;
    if (scheme != 0 && url->value.size() > scheme && is_word(url->value, 2000))
      out.url = url->value;
    else
      reader.error(url->place, format("url = {} is not a web address; it must begin with https:// or http:// and have "
                                      "no blanks",
                                      in_quotes(url->value)));
  }
  if (const auto file = read_file_name(reader, "token_file", "\"/etc/holdfast/hook-token\"")) {
    out.token_file = file->value;
    if (out.url.starts_with("http:"))
      problems.warning(file->place,
                       format("{}: the token goes over http unencrypted; https would hide it", reader.where()));
  }
  if (const auto file = read_file_name(reader, "ca_file", "\"/etc/ssl/own-ca.pem\"")) out.ca_file = file->value;
}

/// Only the keys of the way: any other would have no effect, and is told as unknown.
void read_way(TableReader& reader, Place place, NotifyTarget& out, Problems& problems) {
  switch (out.by) {
    case NotifyBy::mail:
      return read_mail(reader, place, out, problems);
    case NotifyBy::snmp:
      return read_snmp(reader, out);
    case NotifyBy::webhook:
      return read_webhook(reader, out, problems);
    case NotifyBy::program:
      reader.require("path", "\"/usr/local/bin/tell-me\"");
      if (const auto path = read_file_name(reader, "path", "\"/usr/local/bin/tell-me\"")) out.path = path->value;
      return;
  }
}

std::optional<NotifyTarget> read_target(const Value& table, const Draft& draft, Problems& problems) {
  NotifyTarget out;
  TableReader reader(table, "[[notify]]", problems);
  reader.require("name", "\"ops\"");
  reader.require("by", "\"mail\"");
  if (const auto name = reader.name("name", "\"ops\"")) {
    out.name = name->value;
    reader.set_where(format("notify \"{}\"", out.name));
    for (const NotifyTarget& other : draft.settings.notify)
      if (other.name == out.name) reader.error(name->place, "this name stands twice; names must differ");
  }
  read_events(reader, out);
  const Member* by = reader.find("by");
  read_word(reader, "by", out.by);
  const bool known = by != nullptr && by->value.kind == ValueKind::text && value_named<NotifyBy>(by->value.text);
  if (!known) return std::nullopt;  // which other keys are right, nobody knows
  read_way(reader, table.place, out, problems);
  reader.finish();
  return out;
}

}  // namespace

void read_notify(const Value& root, Draft& draft, Problems& problems) {
  for (const Value* table : array_of_tables(root, "notify", problems)) {
    if (auto target = read_target(*table, draft, problems)) draft.settings.notify.push_back(std::move(*target));
    if (draft.settings.notify.size() == most_targets + 1)
      problems.error(table->place, format("notify: at most {} targets are allowed", most_targets));
  }
}

}  // namespace holdfast::config
