// The real side channel: a sealed datagram to every peer over every link ten times a second, on UDP port `port` + 8 of
// the link addresses; notes are passed on by all. One thread of its own, with the engine's priority: it must work just
// when engines that form ring after ring leave nothing for others.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/action.h"
#include "model/config.h"
#include "ports/side_channel.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

struct UdpSideChannelSettings {
  std::shared_ptr<const ClusterConfig> config;
  NodeId self;
  std::string cluster_key;                                 ///< content of the key file
  std::function<void(Severity, const std::string&)> tell;  ///< a line for the log, on the loop's thread
  std::string nft = "/usr/sbin/nft";
  std::string engine_pid_file = {};  ///< of Corosync, whose priority is lowered while its rings settle; empty: never
};

/// Calls on the thread that runs the loop, and the listener's, too.
class UdpSideChannel final : public SideChannel {
 public:
  /// Removes what an earlier daemon may have left shut out. The error: no random numbers, or a socket that cannot be
  /// made or bound.
  static Result<std::unique_ptr<UdpSideChannel>> make(boost::asio::io_context& loop, UdpSideChannelSettings settings);
  /// Lets all in again. Blocks for 4 s at most, as a rule for some milliseconds.
  ~UdpSideChannel() override;

  void start(SideChannelListener& listener) override;
  void tell(std::string note) override;
  std::vector<NodeId> heard_within(Micros time) const override;
  void shut_out(const std::vector<NodeId>& nodes) override;

 private:
  class Parts;
  explicit UdpSideChannel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast
