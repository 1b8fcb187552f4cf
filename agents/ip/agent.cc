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
Answer held_elsewhere(std::string text) { return {ExitCode::held_elsewhere, std::move(text)}; }

/// The address stands on an interface of this node already.
Answer already_here(const Settings& settings, const Interface& interface, const Placement& placement) {
  if (placement.interface_index == interface.index) return {};
  const auto other = find_interface("", placement.interface_index);
  const std::string name = other && *other ? (*other)->name : "another interface";
  return failed(
      format("address {} is already on {} of this node, not on {}", settings.address.text, name, settings.interface));
}

Answer in_use(const Settings& settings, const MacAddress& holder) {
  return held_elsewhere(format("address {} is already in use: {} answers for it on {}", settings.address.text,
                               to_text(holder), settings.interface));
}

/// B3: nothing comes up here that somebody else still serves. None: it may.
std::optional<Answer> refusal(const Settings& settings, const Neighbourhood& neighbours, DuplicateCheck& check) {
  const auto verdict = neighbours.carry_out(check);
  if (!verdict) return failed("duplicate check of " + settings.address.text + ": " + verdict.error().text);
  if (*verdict == DuplicateCheck::Verdict::held) return in_use(settings, check.rival());
  if (*verdict == DuplicateCheck::Verdict::contested)
    return held_elsewhere(format("address {} is contested: {} keeps asking for it on {}", settings.address.text,
                                 to_text(check.rival()), settings.interface));
  return std::nullopt;
}

Answer add_unchecked(const Settings& settings, const Interface& interface) {
  const auto added = add_address(settings.address, interface.index);
  return added ? Answer{} : failed(added.error().text);
}

/// Both sides of a split that start in the same instant ask in the same instant: what was heard until the address stood
/// here counts as well.
Answer add_checked(const Settings& settings, const Interface& interface, const Neighbourhood& neighbours) {
  DuplicateCheck check{interface.mac, settings.dad_wait, Neighbourhood::now()};
  for (;;) {
    if (auto refused = refusal(settings, neighbours, check)) return *refused;
    if (Answer added = add_unchecked(settings, interface); added.code != ExitCode::success) return added;
    if (!neighbours.reopened(check)) return {};
    const Placement ours{interface.index, settings.address.prefix};
    if (auto removed = remove_address(settings.address, ours); !removed) return failed(removed.error().text);
  }
}

/// Tells the neighbours now and for some time on.
Answer announce(const Settings& settings, const Neighbourhood& neighbours) {
  const auto told = neighbours.announce();
  neighbours.announce_later(settings.announce - 1, announce_spacing);
  if (!told) return {ExitCode::success, "address is up but could not be announced: " + told.error().text};
  return {};
}

Answer bring_up(const Settings& settings, const Interface& interface) {
  if (!interface.ethernet) return add_unchecked(settings, interface);
  const auto neighbours = Neighbourhood::open(interface, settings.address);
  if (!neighbours) return failed(neighbours.error().text);
  const Answer added = settings.dad_wait.count() == 0 ? add_unchecked(settings, interface)
                                                      : add_checked(settings, interface, *neighbours);
  return added.code == ExitCode::success ? announce(settings, *neighbours) : added;
}

/// None: it can carry the address.
std::optional<Answer> trouble_with(const Interface& interface) {
  if (!interface.up) return failed(format("interface {} is down", interface.name));
  if (!interface.carrier) return failed(format("interface {} has no link", interface.name));
  return std::nullopt;
}

struct Place {
  Settings settings;
  Interface interface;
};

/// Where the address can be brought up; the error: the answer to a start that does not bring it up, since it is here
/// already or cannot be.
tl::expected<Place, Answer> place_for(const Invocation& call) {
  const auto no = [](Answer answer) { return tl::unexpected(std::move(answer)); };
  const auto settings = read_settings(call);
  if (!settings) return no(wrong(settings.error()));
  const auto interface = find_interface(settings->interface);
  if (!interface) return no(failed(interface.error().text));
  if (!*interface)
    return no({ExitCode::not_installed, format("interface {} does not exist on this node", settings->interface)});
  const auto placed = find_address(settings->address);
  if (!placed) return no(failed(placed.error().text));
  if (*placed) return no(already_here(*settings, **interface, **placed));
  // Without a link the duplicate check would ask nobody.
  if (auto trouble = trouble_with(**interface)) return no(*trouble);
  return Place{*settings, **interface};
}

Answer start(const Invocation& call) {
  const auto place = place_for(call);
  return place ? bring_up(place->settings, place->interface) : place.error();
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
  if (auto trouble = trouble_with(there)) return *trouble;
  if (settings->ping.empty()) return {};
  const auto answered = any_answers(settings->address, settings->ping, ping_wait);
  if (!answered) return failed(answered.error().text);
  if (!*answered) return failed(format("no address of the ping list answers from {}", settings->address.text));
  return {};
}

/// The address has stayed: others may have learned wrongly where it is, or hold it as well. Who only asks for it gets
/// his answer from our kernel.
Answer announce_again(const Settings& settings, const Interface& interface) {
  if (!interface.ethernet) return {};
  const auto neighbours = Neighbourhood::open(interface, settings.address);
  if (!neighbours) return failed(neighbours.error().text);
  if (settings.dad_wait.count() != 0) {
    DuplicateCheck check{interface.mac, settings.dad_wait, Neighbourhood::now()};
    const auto verdict = neighbours->carry_out(check);
    if (verdict && *verdict == DuplicateCheck::Verdict::held) return in_use(settings, check.rival());
  }
  return announce(settings, *neighbours);
}

/// F5: the address again where it has gone, and known again where it has not; in service is what the monitor calls so.
Answer recover(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  const auto placed = find_address(settings->address);
  if (!interface || !placed) return failed(interface ? placed.error().text : interface.error().text);
  const bool stays = *interface && *placed && (*placed)->interface_index == (*interface)->index;
  if (stays)
    if (auto trouble = trouble_with(**interface)) return *trouble;
  const Answer answer = stays ? announce_again(*settings, **interface) : start(call);
  return answer.code == ExitCode::success ? monitor(call) : answer;
}

Answer validate(const Invocation& call) {
  const auto settings = read_settings(call);
  if (!settings) return wrong(settings.error());
  const auto interface = find_interface(settings->interface);
  if (interface && !*interface)
    return {ExitCode::not_installed, format("interface {} does not exist on this node", settings->interface)};
  return {};
}

/// K10: the address itself may well be in use, by the node that has it in service now.
Answer ready(const Invocation& call) {
  const auto place = place_for(call);
  return place ? Answer{} : place.error();
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
      recover,
      ready};
  return kind;
}

}  // namespace holdfast::agent
