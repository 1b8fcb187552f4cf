// The ways between the nodes beside the engine: the connectivity guard's channel (L9), and the answers to nodes that
// start (O7, B8).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/sidechannel/channel.h"
#include "adapters/sidechannel/config_server.h"

namespace holdfast::daemon {

/// One thread: that of the loop.
class SecondWay {
 public:
  using Tell = std::function<void(Severity, std::string)>;

  SecondWay(boost::asio::io_context& loop, NodeId self, std::string key_file, std::string engine_pid_file, Tell tell,
            ConfigServer::Present present);

  /// In place of those for an earlier configuration. What cannot be had is told, and the node runs on without it.
  void make(const std::shared_ptr<const ClusterConfig>& config);
  /// May be null.
  SideChannel* channel() const { return channel_.get(); }

 private:
  void make_channel(const std::shared_ptr<const ClusterConfig>& config, const Result<std::string>& key);
  void make_server(const ClusterConfig& config, const Result<std::string>& key);

  boost::asio::io_context& loop_;
  NodeId self_;
  std::string key_file_;
  std::string engine_pid_file_;
  Tell tell_;
  ConfigServer::Present present_;
  std::unique_ptr<SideChannel> channel_;
  std::unique_ptr<ConfigServer> server_;
};

}  // namespace holdfast::daemon
