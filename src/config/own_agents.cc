// What the configuration can know of the parameters of our own agents (K1, K2, K3, K4, K6, K7, K9). The agents check
// the rest on the node where they run; tests/unit/config compares this table with theirs.
#include "config/own_agents.h"

#include <algorithm>

#include "base/format.h"
#include "config/address.h"
#include "config/words.h"

namespace holdfast::config {
namespace {

std::vector<std::string> names_of(std::string_view agent) {
  std::vector<std::string> out;
  for (const OwnParameter& p : own_parameters())
    if (p.agent == agent) out.emplace_back(p.name);
  return out;
}

bool is_list_of_texts(const Value& value) {
  return value.kind == ValueKind::list && !value.items.empty() &&
         std::all_of(value.items.begin(), value.items.end(), [](const Value& i) { return i.kind == ValueKind::text; });
}

bool has_form(const OwnParameter& parameter, const Value& value) {
  switch (parameter.form) {
    case Form::address: {
      const auto parsed = value.kind == ValueKind::text ? parse_prefixed_address(value.text) : std::nullopt;
      return parsed && parsed->prefix.value_or(0) > 0;
    }
    case Form::texts:
      return is_list_of_texts(value);
    case Form::text:
      return value.kind == ValueKind::text && !value.text.empty();
    case Form::port:
      return value.kind == ValueKind::number && value.number > 0 && value.number < 65536;
    case Form::path:
      return value.kind == ValueKind::text && value.text.starts_with('/');
    case Form::number:
      return value.kind == ValueKind::number;
    case Form::truth:
      return value.kind == ValueKind::boolean;
    case Form::any:
      return true;
  }
  return true;
}

std::string_view rule(Form form) {
  switch (form) {
    case Form::address:
      return "an IPv4 or IPv6 address with its prefix length, for example \"10.77.9.100/24\"";
    case Form::texts:
      return "a list of texts in quotes, for example [\"/usr/sbin/nginx\", \"-g\", \"daemon off;\"]";
    case Form::text:
      return "text in quotes, not empty";
    case Form::port:
      return "a number from 1 to 65535";
    case Form::path:
      return "an absolute path in quotes, for example \"/srv/data\"";
    case Form::number:
      return "a whole number, without quotes";
    case Form::truth:
      return "true or false, without quotes";
    case Form::any:
      break;
  }
  return "anything";
}

}  // namespace

const std::vector<OwnParameter>& own_parameters() {
  static const std::vector<OwnParameter> all{
      {"ip", "address", Form::address, Presence::required},
      {"ip", "interface", Form::text, Presence::required},
      {"ip", "dad_wait", Form::any, Presence::optional},
      {"ip", "announce", Form::any, Presence::optional},
      {"ip", "ping", Form::texts, Presence::optional},
      {"probe", "port", Form::port, Presence::required},
      {"probe", "address", Form::text, Presence::optional},
      {"disk", "device", Form::path, Presence::required},
      {"disk", "paths", Form::texts, Presence::optional},
      {"disk", "type", Form::text, Presence::optional},
      {"filesystem", "device", Form::text, Presence::required},
      {"filesystem", "mount_point", Form::path, Presence::required},
      {"filesystem", "type", Form::text, Presence::optional},
      {"filesystem", "options", Form::text, Presence::optional},
      {"filesystem", "fsck", Form::text, Presence::optional},
      {"filesystem", "create_mount_point", Form::truth, Presence::optional},
      {"filesystem", "allow_non_empty", Form::truth, Presence::optional},
      {"filesystem", "fill_warning", Form::number, Presence::optional},
      {"filesystem", "fill_error", Form::number, Presence::optional},
      {"filesystem", "fill_fails", Form::truth, Presence::optional},
      {"filesystem", "write_test", Form::number, Presence::optional},
      {"filesystem", "kill_after", Form::number, Presence::optional},
      {"process", "command", Form::texts, Presence::required},
      {"process", "check", Form::texts, Presence::optional},
      {"process", "user", Form::any, Presence::optional},
      {"process", "directory", Form::text, Presence::optional},
      {"process", "stop_signal", Form::text, Presence::optional},
      {"process", "environment", Form::any, Presence::optional},
      {"script", "restore", Form::text, Presence::required},
      {"script", "remove", Form::text, Presence::required},
      {"script", "quickCheck", Form::text, Presence::optional},
      {"script", "recover", Form::text, Presence::optional},
      {"script", "info", Form::text, Presence::optional},
      {"systemd", "unit", Form::text, Presence::required},
      {"systemd", "wait", Form::any, Presence::optional},
  };
  return all;
}

void check_own_agent(const Member* parameters, const DraftResource& resource, Problems& problems) {
  const std::vector<std::string> known = names_of(resource.config.agent);
  if (known.empty()) return;  // ocf: its meta-data on the node tells (K5)
  static const std::vector<Member> none;
  const std::vector<Member>& given = parameters == nullptr ? none : parameters->value.members;
  for (const Member& m : given)
    if (std::find(known.begin(), known.end(), m.name) == known.end())
      problems.error(m.place,
                     format("{}: agent {} has no parameter {}{}; allowed: {}", resource.shown, resource.config.agent,
                            in_quotes(m.name), did_you_mean(m.name, known), join(known)));
  for (const OwnParameter& p : own_parameters()) {
    if (p.agent != resource.config.agent) continue;
    const auto found = std::find_if(given.begin(), given.end(), [&](const Member& m) { return m.name == p.name; });
    if (found != given.end() && !has_form(p, found->value))
      problems.error(found->value.place, format("{}: parameter \"{}\" of agent {} must be {}", resource.shown, p.name,
                                                p.agent, rule(p.form)));
    if (found == given.end() && p.presence == Presence::required)
      problems.error(parameters == nullptr ? resource.place : parameters->place,
                     format("{}: parameter \"{}\" is missing; agent {} needs it: {}", resource.shown, p.name, p.agent,
                            rule(p.form)));
  }
}

}  // namespace holdfast::config
