// What an address needs of the network around it: is it in use, and tell all that it is here now (K1, B3).
// ARP for IPv4 (RFC 826, RFC 5227), neighbour discovery for IPv6 (RFC 4861, RFC 4862), on packet sockets.
#pragma once

#include <optional>

#include "agents/ip/duplicate_check.h"
#include "agents/ip/packets.h"
#include "agents/ip/rtnetlink.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"

namespace holdfast::agent {

/// One packet socket for all that is asked and told of one address. There is only one, and the announcing process
/// inherits it, because the kernel takes about 10 ms (an RCU grace period) to close a packet socket.
class Neighbourhood {
 public:
  static Result<Neighbourhood> open(const Interface& interface, const IpAddress& address);

  /// The time that a DuplicateCheck goes by.
  static Instant now();

  /// Asks and listens until `check` has its verdict (B3).
  Result<DuplicateCheck::Verdict> carry_out(DuplicateCheck& check) const;
  /// For the moment between a verdict and the address's coming up: tells `check` who was heard meanwhile. True if it is
  /// open again.
  bool reopened(DuplicateCheck& check) const;

  /// Tells all neighbours once that the address is here from now on.
  Result<void> announce() const;

  /// Starts a detached process that announces `count` more times, `spacing` apart, and ends early when the address
  /// has left the interface. Besides the socket it holds none of our descriptors, so nobody waits for it (K11).
  void announce_later(long count, Millis spacing) const;

 private:
  Neighbourhood(Interface interface, IpAddress address, Descriptor socket, Descriptor membership)
      : interface_(std::move(interface)),
        address_(std::move(address)),
        socket_(std::move(socket)),
        membership_(std::move(membership)) {}
  Result<void> send(const Packet& packet) const;
  std::optional<Rival> next_heard() const;

  Interface interface_;
  IpAddress address_;
  Descriptor socket_;
  Descriptor membership_;  ///< IPv6: of the group that other machines' solicitations go to
};

}  // namespace holdfast::agent
