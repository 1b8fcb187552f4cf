#include "agents/ip/neighbours.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/format.h"

namespace holdfast::agent {
namespace {

std::uint16_t protocol_of(const IpAddress& address) {
  return htons(address.family == Family::ipv4 ? ETH_P_ARP : ETH_P_IPV6);
}

sockaddr_ll link_address(const Interface& interface, const IpAddress& address, const MacAddress& mac) {
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_protocol = protocol_of(address);
  out.sll_ifindex = interface.index;
  out.sll_halen = static_cast<unsigned char>(mac.size());
  std::ranges::copy(mac, out.sll_addr);
  return out;
}

/// Lets only ARP of or for this address (or neighbour messages) into the socket: on a busy interface all other traffic
/// would push the one answer out of the receive buffer.
Result<void> attach_filter(int socket, const IpAddress& address) {
  const auto& b = address.bytes;
  const std::uint32_t ipv4 =
      (std::uint32_t{b[0]} << 24U) | (std::uint32_t{b[1]} << 16U) | (std::uint32_t{b[2]} << 8U) | std::uint32_t{b[3]};
  // The sender is the address; or nobody, and the target is.
  sock_filter arp[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ipv4, 3, 0),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
                       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 24),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ipv4, 0, 1),
                       BPF_STMT(BPF_RET | BPF_K, 1500),
                       BPF_STMT(BPF_RET | BPF_K, 0)};
  // ICMPv6, and a solicitation or an advertisement.
  sock_filter ipv6[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 58, 0, 4),
                        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 40),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 135, 1, 0),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 136, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, 1500),
                        BPF_STMT(BPF_RET | BPF_K, 0)};
  sock_fprog program{std::size(arp), arp};
  if (address.family == Family::ipv6) program = {std::size(ipv6), ipv6};
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
    return failure(format("packet filter: {}", std::strerror(errno)));
  return {};
}

/// RFC 4862, 5.4.2: joins the solicited-node group of the address, without which neither the interface nor a switch
/// that snoops lets the solicitations of other machines through. Left when the descriptor is closed.
Result<Descriptor> join_group(const Interface& interface, const IpAddress& address) {
  Descriptor socket{::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto& b = address.bytes;
  ipv6_mreq group{{{{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, b[13], b[14], b[15]}}},
                  static_cast<unsigned>(interface.index)};
  if (!socket || setsockopt(socket.get(), IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) != 0)
    return failure(format("solicited-node group of {} on {}: {}", address.text, interface.name, std::strerror(errno)));
  return socket;
}

}  // namespace

Result<Neighbourhood> Neighbourhood::open(const Interface& interface, const IpAddress& address) {
  // Protocol 0 receives nothing until bind: no packet gets in before the filter.
  Descriptor socket{::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket) return failure(format("packet socket: {}", std::strerror(errno)));
  if (auto filtered = attach_filter(socket.get(), address); !filtered) return tl::unexpected(filtered.error());
  const sockaddr_ll own = link_address(interface, address, interface.mac);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
    return failure(format("packet socket on {}: {}", interface.name, std::strerror(errno)));
  Descriptor membership;
  if (address.family == Family::ipv6) {
    auto joined = join_group(interface, address);
    if (!joined) return tl::unexpected(joined.error());
    membership = std::move(*joined);
  }
  return Neighbourhood{interface, address, std::move(socket), std::move(membership)};
}

Instant Neighbourhood::now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<Micros>(since).count()};
}

Result<void> Neighbourhood::send(const Packet& packet) const {
  const sockaddr_ll to = link_address(interface_, address_, packet.to);
  const auto& bytes = packet.bytes;
  if (sendto(socket_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
    return failure(format("cannot send on {}: {}", interface_.name, std::strerror(errno)));
  return {};
}

/// Of the packets that wait in the socket, the next that matters.
std::optional<Rival> Neighbourhood::next_heard() const {
  std::array<std::uint8_t, 1500> buffer{};
  for (;;) {
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const ssize_t got =
        recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0) return std::nullopt;
    MacAddress sender{};
    std::copy_n(from.sll_addr, sender.size(), sender.begin());
    if (auto rival = rival_in(address_, std::span(buffer).first(static_cast<std::size_t>(got)), sender)) return rival;
  }
}

Result<DuplicateCheck::Verdict> Neighbourhood::carry_out(DuplicateCheck& check) const {
  const Packet packet = question(address_, interface_.mac);
  for (;;) {
    while (const auto rival = next_heard()) check.heard(*rival, now());
    if (check.ask(now()))
      if (auto sent = send(packet); !sent) return tl::unexpected(sent.error());
    if (const auto verdict = check.verdict(now()); verdict != DuplicateCheck::Verdict::open) return verdict;
    const Micros left = std::max(check.wake() - now(), Micros{0});
    const timespec pause{left.count() / 1'000'000, left.count() % 1'000'000 * 1000};
    pollfd poll{socket_.get(), POLLIN, 0};
    ppoll(&poll, 1, &pause, nullptr);
  }
}

bool Neighbourhood::reopened(DuplicateCheck& check) const {
  // Also who says that he holds it: like us he has just brought it up, and takes it down again as we do.
  while (const auto rival = next_heard()) check.heard({rival->mac, Claim::asks}, now());
  return check.verdict(now()) != DuplicateCheck::Verdict::free;
}

Result<void> Neighbourhood::announce() const {
  // Some devices learn from requests only, some from replies only.
  for (ArpForm form : {ArpForm::request, ArpForm::reply}) {
    if (auto sent = send(announcement(address_, interface_.mac, form)); !sent) return sent;
    if (address_.family == Family::ipv6) break;
  }
  return {};
}

void Neighbourhood::announce_later(long count, Millis spacing) const {
  if (fork() != 0) return;
  setsid();  // out of the runner's process group: not killed with it
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard : {0, 1, 2}) dup2(null, standard);
  const auto kept = static_cast<unsigned>(socket_.get());
  if (kept > 3) close_range(3, kept - 1, 0);
  close_range(kept + 1, ~0U, 0);
  for (long i = 0; i < count; ++i) {
    std::this_thread::sleep_for(spacing);
    const auto placed = find_address(address_);
    if (!placed || !*placed || (*placed)->interface_index != interface_.index) break;
    if (!announce()) break;
  }
  _exit(0);
}

}  // namespace holdfast::agent
