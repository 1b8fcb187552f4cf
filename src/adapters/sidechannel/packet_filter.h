// Drops the engine's packets from and to some nodes, with a private table of nftables. The program nft is run as a
// child; nothing waits for it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"
#include "model/config.h"

namespace holdfast::sidechannel {

/// What nft is given: the whole table anew, or only its removal if nobody is shut out. Carried out as one transaction,
/// whatever was there before.
std::string filter_rules(const ClusterConfig& config, const std::vector<NodeId>& out);

/// One thread.
class PacketFilter {
 public:
  /// `program`: of nft.
  PacketFilter(const ClusterConfig& config, std::string program) : config_(config), program_(std::move(program)) {}
  /// Removes the table and waits for that, 2 s at most.
  ~PacketFilter();
  PacketFilter(const PacketFilter&) = delete;
  PacketFilter& operator=(const PacketFilter&) = delete;

  /// From now on just these nodes are shut out.
  void set(std::vector<NodeId> out);
  /// Readable when step() has something to do; -1: nothing under way.
  int descriptor() const { return process_.get(); }
  /// Goes on with what is under way. The error: nft failed, and is tried again after a while.
  Result<void> step(Instant now);
  /// When step() wants to be called again at the latest; none: not before the descriptor is readable.
  std::optional<Instant> next_try() const { return again_at_; }

 private:
  Result<void> run();
  Result<void> finish();

  const ClusterConfig& config_;
  std::string program_;
  std::vector<NodeId> wanted_;
  std::vector<NodeId> running_for_;
  std::optional<std::vector<NodeId>> done_;  ///< none: what stands there is unknown, maybe an earlier daemon's
  pid_t pid_ = 0;
  Descriptor process_;
  Descriptor output_;
  std::optional<Instant> again_at_;
};

}  // namespace holdfast::sidechannel
