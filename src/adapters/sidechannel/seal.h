// Datagrams that only holders of the cluster key can write or read (L7): AES-256-GCM under a key of the sender's
// present life, derived from the cluster key, so that a counter is enough of a nonce.
//
//   0  "HFS1"
//   4  sender   4  NodeId, little-endian like all that follows
//   8  life    16  random, new with every start
//  24  counter  8  of this life; never used twice
//  32  sealed content, then 16 bytes tag; all before it is authenticated, too
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace holdfast::sidechannel {

using Life = std::array<unsigned char, 16>;
using Key = std::array<unsigned char, 32>;

/// One thread.
class Sealer {
 public:
  /// `cluster_key`: the content of the key file. The error: no random numbers.
  static Result<Sealer> make(const std::string& cluster_key, NodeId self);

  /// Empty if the library refuses.
  std::string seal(std::string_view content);

  struct Opened {
    NodeId sender;
    std::string content;
  };
  /// Nothing: not of this cluster, damaged, forged, or our own.
  std::optional<Opened> open(std::string_view datagram);

 private:
  struct Sender {
    Life life{};
    Key key{};
  };
  Sealer(std::string cluster_key, NodeId self, Life life);
  Key derive(NodeId node, const Life& life) const;

  std::string cluster_key_;
  NodeId self_;
  Life life_;
  Key key_;
  std::uint64_t counter_ = 0;
  std::map<NodeId, Sender> senders_;  ///< of datagrams that were authentic
};

/// How many bytes a datagram has beyond its content.
inline constexpr std::size_t seal_overhead = 48;

}  // namespace holdfast::sidechannel
