// Kind `ip` (K1): a virtual address on an interface, brought up only if nobody else answers for it (B3).
#include <optional>

#include "agents/ip/address.h"
#include "agents/ip/neighbours.h"
#include "agents/ip/ping.h"
#include "agents/ip/rtnetlink.h"
#include "agents/kind.h"
#include "agents/parameters.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr Millis ping_wait{3000};
constexpr Millis announce_spacing{500};

struct Settings {
  IpAddress address;
  std::string interface;
  Millis dad_wait{20};
  long announce = 5;
  std::vector<IpAddress> ping;
};

Result<std::vector<IpAddress>> read_ping_list(const Invocation& call) {
  std::vector<IpAddress> out;
  auto texts = list_parameter(call, "ping");
  if (!texts) return tl::unexpected(texts.error());
  for (const std::string& text : *texts) {
    auto address = parse_address(text);
    if (!address) return failure("parameter ping: " + address.error().text);
    out.push_back(*address);
  }
  return out;
}

Result<Settings> read_settings(const Invocation& call) {
  Settings out;
  const auto address = call.parameter("address");
  if (!address) return failure("parameter address is missing, for example address = \"10.0.0.100/24\"");
  auto parsed = parse_cidr(*address);
  if (!parsed) return failure("parameter address: " + parsed.error().text);
  out.address = *parsed;
  const auto interface = call.parameter("interface");
  if (!interface) return failure("parameter interface is missing, for example interface = \"eth0\"");
  out.interface = *interface;
  auto wait = number_parameter(call, "dad_wait", 20, 0, 10000);
  if (!wait) return tl::unexpected(wait.error());
  out.dad_wait = Millis{*wait};
  auto count = number_parameter(call, "announce", 5, 1, 100);
  if (!count) return tl::unexpected(count.error());
  out.announce = *count;
  auto ping = read_ping_list(call);
  if (!ping) return tl::unexpected(ping.error());
  out.ping = *ping;
  for (const IpAddress& target : out.ping)
    if (target.family != out.address.family)
      return failure(format("parameter ping: {} is of another address family than {}", target.text, out.address.text));
  return out;
}

Answer wrong(const Error& error) { return {ExitCode::not_configured, error.text}; }
Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

/// The address stands on an interface of this node already.
Answer already_here(const Settings& settings, const Interface& interface, const Placement& placement) {
  if (placement.interface_index == interface.index) return {};
  const auto other = find_interface("", placement.interface_index);
  const std::string name = other && *other ? (*other)->name : "another interface";
  return failed(
      format("address {} is already on {} of this node, not on {}", settings.address.text, name, settings.interface));
}

/// B3: nothing comes up here that somebody else still serves.
std::optional<Answer> refuse_if_held(const Settings& settings, const Neighbourhood& neighbours) {
  if (settings.dad_wait.count() == 0) return std::nullopt;
  const auto holder = neighbours.find_holder(settings.dad_wait);
  if (!holder) return failed("duplicate check of " + settings.address.text + ": " + holder.error().text);
  if (!*holder) return std::nullopt;
  return failed(format("address {} is already in use: {} answers for it on {}", settings.address.text,
                       to_text(**holder), settings.interface));
}

Answer bring_up(const Settings& settings, const Interface& interface) {
  std::optional<Neighbourhood> neighbours;
  if (interface.ethernet) {
    auto opened = Neighbourhood::open(interface, settings.address);
    if (!opened) return failed(opened.error().text);
    neighbours = std::move(*opened);
    if (auto refusal = refuse_if_held(settings, *neighbours)) return *refusal;
  }
  if (auto added = add_address(settings.address, interface.index); !added) return failed(added.error().text);
  if (!neighbours) return {};
  const auto told = neighbours->announce();
  neighbours->announce_later(settings.announce - 1, announce_spacing);
  if (!told) return {ExitCode::success, "address is up but could not be announced: " + told.error().text};
  return {};
}

Answer start(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  if (!interface) return failed(interface.error().text);
  if (!*interface)
    return {ExitCode::not_installed, format("interface {} does not exist on this node", settings->interface)};
  const auto placed = find_address(settings->address);
  if (!placed) return failed(placed.error().text);
  if (*placed) return already_here(*settings, **interface, **placed);
  if (!(*interface)->up) return failed(format("interface {} is down", settings->interface));
  // Without a link the duplicate check would ask nobody.
  if (!(*interface)->carrier) return failed(format("interface {} has no link", settings->interface));
  return bring_up(*settings, **interface);
}

Answer stop(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  if (!interface) return failed(interface.error().text);
  const auto placed = find_address(settings->address);
  if (!placed) return failed(placed.error().text);
  if (!*interface || !*placed || (*placed)->interface_index != (*interface)->index) return {};
  if (auto removed = remove_address(settings->address, **placed); !removed) return failed(removed.error().text);
  return {};
}

Answer monitor(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  if (!interface) return failed(interface.error().text);
  // Where the interface is not, the address is not either: no failure on a stand-by node.
  if (!*interface)
    return {ExitCode::not_running, format("interface {} does not exist on this node", settings->interface)};
  const Interface& there = **interface;
  const auto placed = find_address(settings->address);
  if (!placed) return failed(placed.error().text);
  if (!*placed || (*placed)->interface_index != there.index)
    return {ExitCode::not_running, format("address {} is not on {}", settings->address.text, there.name)};
  if (!there.up) return failed(format("interface {} is down", there.name));
  if (!there.carrier) return failed(format("interface {} has no link", there.name));
  if (settings->ping.empty()) return {};
  const auto answered = any_answers(settings->address, settings->ping, ping_wait);
  if (!answered) return failed(answered.error().text);
  if (!*answered) return failed(format("no address of the ping list answers from {}", settings->address.text));
  return {};
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  if (interface && !*interface)
    return {ExitCode::not_installed, format("interface {} does not exist on this node", settings->interface)};
  return {};
}

}  // namespace

const Kind& ip_kind() {
  static const Kind kind{
      "ip",
      "A virtual IPv4 or IPv6 address, brought up only if no other machine answers for it",
      {{"address", "string", Need::required, "",
        "Address and prefix length, for example 10.0.0.100/24 or fd00::100/64"},
       {"interface", "string", Need::required, "", "Network interface that carries the address"},
       {"dad_wait", "integer", Need::optional, "20",
        "Milliseconds to wait for another holder of the address before start (0 to 10000; 0 switches the check off)"},
       {"announce", "integer", Need::optional, "5",
        "How often to announce the address (1 to 100): once at start, then every half second"},
       {"ping", "string", Need::optional, "",
        "List of addresses, one of which must answer a ping from the address, checked by monitor"}},
      start,
      stop,
      monitor,
      validate,
      nullptr};
  return kind;
}

}  // namespace holdfast::agent
