// One link's UDP socket, and the addresses of the peers on it.
#pragma once

#include <sys/socket.h>

#include <map>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/ids.h"
#include "base/result.h"
#include "model/config.h"

namespace holdfast::sidechannel {

/// Never blocks. One thread.
class LinkSocket {
 public:
  /// Bound to this node's address of the link, be it there already or not. The error names the address.
  static Result<LinkSocket> open(const ClusterConfig& config, NodeId self, LinkIndex link, std::uint32_t port);

  int descriptor() const { return socket_.get(); }
  /// What cannot be sent is lost, as on any network.
  void send(NodeId peer, const std::string& datagram);
  /// The next datagram, if there is one.
  std::optional<std::string> receive();

 private:
  struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
  };
  static std::optional<Address> address_of(const std::string& text, std::uint32_t port);

  Descriptor socket_;
  std::map<NodeId, Address> peers_;
};

}  // namespace holdfast::sidechannel
