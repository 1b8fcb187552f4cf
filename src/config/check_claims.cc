// Two resources that claim the same thing would fight for it (R3).
#include <array>
#include <map>

#include "base/format.h"
#include "config/sections.h"
#include "config/words.h"

namespace holdfast::config {
namespace {

enum class Thing : std::uint8_t { address, device, disk, mount_point, unit, port };

struct Rule {
  std::string_view agent;  ///< the last part of an ocf: name, or "" for our own agents
  std::string_view parameter;
  Thing thing;
};

constexpr std::array<Rule, 10> rules{{
    {"", "address", Thing::address},
    {"", "device", Thing::device},
    {"", "mount_point", Thing::mount_point},
    {"", "unit", Thing::unit},
    {"", "port", Thing::port},
    {"IPaddr2", "ip", Thing::address},
    {"IPaddr", "ip", Thing::address},
    {"IPv6addr", "ipv6addr", Thing::address},
    {"Filesystem", "device", Thing::device},
    {"Filesystem", "directory", Thing::mount_point},
}};

std::string_view word(Thing thing) {
  switch (thing) {
    case Thing::address:
      return "address";
    case Thing::device:
      return "device";
    case Thing::disk:
      return "disk";
    case Thing::mount_point:
      return "mount point";
    case Thing::unit:
      return "unit";
    case Thing::port:
      return "port";
  }
  return "thing";
}

std::string_view agent_key(std::string_view agent) {
  return agent.starts_with("ocf:") ? agent.substr(agent.rfind(':') + 1) : std::string_view{};
}

/// Without doubled and trailing slashes.
std::string normal_path(std::string_view path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

/// A form that is equal for equal things; empty if the value names nothing that can be claimed.
std::string claimed(Thing thing, const DraftResource& r, const std::string& value) {
  if (thing == Thing::address) {
    const auto address = parse_prefixed_address(value);
    return address ? show(address->address) : value;
  }
  if (thing == Thing::mount_point) return normal_path(value);
  if (thing == Thing::unit) return value;
  if (thing == Thing::port) {
    const auto address = r.parameters.find("address");
    return address == r.parameters.end() ? value : address->second.value + " " + value;
  }
  // A bind mount shares its source; "tmpfs" and "server:/export" are no devices of this machine.
  const auto options = r.parameters.find("options");
  if (options != r.parameters.end() && options->second.value.find("bind") != std::string::npos) return "";
  const bool is_device = value.starts_with('/') || value.starts_with("UUID=") || value.starts_with("LABEL=") ||
                         value.starts_with("PARTUUID=") || value.starts_with("PARTLABEL=") || value.starts_with("-U") ||
                         value.starts_with("-L");
  return is_device ? normal_path(value) : "";
}

struct Claim {
  const DraftResource* resource;
  Place place;
};
using Claims = std::map<std::pair<Thing, std::string>, Claim>;

/// A disk is reserved by one resource and mounted by another.
Thing thing_of(const DraftResource& r, const Rule& rule) {
  return r.config.agent == "disk" && rule.thing == Thing::device ? Thing::disk : rule.thing;
}

void claim(const DraftResource& r, const Rule& rule, Claims& claims, Problems& problems) {
  const auto parameter = r.parameters.find(std::string(rule.parameter));
  if (parameter == r.parameters.end() || rule.agent != agent_key(r.config.agent)) return;
  // A probe listens on an address that another resource brings.
  if (rule.thing == Thing::address && r.config.agent == "probe") return;
  const Place place = parameter->second.place;
  const Thing thing = thing_of(r, rule);
  const std::string what = claimed(thing, r, parameter->second.value);
  if (what.empty()) return;
  const auto [first, is_new] = claims.emplace(std::pair{thing, what}, Claim{&r, place});
  if (!is_new && first->second.resource != &r)
    problems.error(place,
                   format("{} claims the {} {}, as {} does in line {}; only one resource may", r.shown, word(thing),
                          in_quotes(what), first->second.resource->shown, first->second.place.line));
}

/// A protected address moves between nodes; the address of a link never does.
void check_against_links(const Draft& draft, const Claims& claims, Problems& problems) {
  for (const DraftNode& node : draft.nodes)
    for (const DraftLink& link : node.links) {
      if (!link.address) continue;
      const auto found = claims.find({Thing::address, show(*link.address)});
      if (found != claims.end())
        problems.error(
            found->second.place,
            format("{} claims the address {}, which is a link of {} in line {}; a protected address must not be "
                   "a link's",
                   found->second.resource->shown, in_quotes(found->first.second), node.shown, link.place.line));
    }
}

}  // namespace

void check_claims(const Draft& draft, Problems& problems) {
  Claims claims;
  for (const DraftResource& r : draft.resources)
    for (const Rule& rule : rules) claim(r, rule, claims, problems);
  check_against_links(draft, claims, problems);
}

}  // namespace holdfast::config
