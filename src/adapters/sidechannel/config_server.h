// Answers nodes that start and ask which configuration is in force (O7, B8): TCP, the side channel's port number, on
// all own link addresses. Whoever has the cluster key is answered, also a node that was removed: that is how it learns
// of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/config.h"
#include "wire/message.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// All calls on the thread that runs the loop.
class ConfigServer {
 public:
  /// What to answer with; none: nothing is known yet.
  using Present = std::function<std::optional<wire::ConfigOffer>()>;

  /// The error: no random numbers, or a port that cannot be had.
  static Result<std::unique_ptr<ConfigServer>> listen(boost::asio::io_context& loop, const ClusterConfig& config,
                                                      NodeId self, const std::string& cluster_key, Present present);
  ~ConfigServer();
  ConfigServer(const ConfigServer&) = delete;
  ConfigServer& operator=(const ConfigServer&) = delete;

 private:
  struct Parts;
  class Conversation;
  explicit ConfigServer(std::shared_ptr<Parts> parts);
  std::shared_ptr<Parts> parts_;
};

}  // namespace holdfast
