#include "daemon/second_way.h"

#include <utility>

#include "adapters/files/key_file.h"
#include "adapters/sidechannel/packet_filter.h"
#include "base/format.h"

namespace holdfast::daemon {

SecondWay::SecondWay(boost::asio::io_context& loop, NodeId self, std::string key_file, std::string engine_pid_file,
                     Tell tell, ConfigServer::Present present)
    : loop_(loop),
      self_(self),
      key_file_(std::move(key_file)),
      engine_pid_file_(std::move(engine_pid_file)),
      tell_(std::move(tell)),
      present_(std::move(present)) {}

void SecondWay::make(const std::shared_ptr<const ClusterConfig>& config) {
  channel_.reset();
  server_.reset();
  if (config->node(self_) == nullptr) return;
  const Result<std::string> key = files::read_key_file(key_file_);
  make_channel(config, key);
  make_server(*config, key);
}

/// L9; two nodes have no third that could hear both. Without it the node runs on: others can shut out for it.
void SecondWay::make_channel(const std::shared_ptr<const ClusterConfig>& config, const Result<std::string>& key) {
  if (config->nodes.size() < 3) {
    // Whom an earlier daemon of three nodes shut out before it was killed: the next one lets all in, and here is none.
    const sidechannel::PacketFilter removed_at_once(*config, UdpSideChannelSettings{}.nft);
    return;
  }
  UdpSideChannelSettings settings;
  settings.config = config;
  settings.self = self_;
  settings.engine_pid_file = engine_pid_file_;
  settings.tell = tell_;
  settings.cluster_key = key.value_or("");
  auto channel = key ? UdpSideChannel::make(loop_, std::move(settings)) : tl::unexpected(key.error());
  if (!channel) return tell_(Severity::error, format("no connectivity guard on this node: {}", channel.error().text));
  channel_ = std::move(*channel);
}

void SecondWay::make_server(const ClusterConfig& config, const Result<std::string>& key) {
  auto server = key ? ConfigServer::listen(loop_, config, self_, *key, present_) : tl::unexpected(key.error());
  if (!server)
    return tell_(Severity::error,
                 format("nodes that start with an old file are not told so by this one: {}", server.error().text));
  server_ = std::move(*server);
}

}  // namespace holdfast::daemon
