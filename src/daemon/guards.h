// The real guards of a node (G1 to G3): the witness that the configuration names, the fence agents, reboot(2).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/fence/fence_agents.h"
#include "adapters/fence/fence_runner.h"
#include "adapters/witness/postbox.h"
#include "model/config.h"
#include "runtime/guard_ports.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::daemon {

/// All calls on the loop's thread; the ports live as long as this.
class Guards {
 public:
  /// `notice`: lines about programs that a guard keeps running. `before_reset`: see KernelReset.
  Guards(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self, FenceAgents agents,
         std::function<void(std::string)> notice, std::function<void()> before_reset);
  ~Guards();
  Guards(const Guards&) = delete;
  Guards& operator=(const Guards&) = delete;
  runtime::GuardPorts ports();

 private:
  Witness* renew(const std::shared_ptr<const ClusterConfig>& config);
  void learn_fence_agents(const std::shared_ptr<const ClusterConfig>& config);

  boost::asio::io_context& loop_;
  NodeId self_;
  FenceAgents agents_;
  std::function<void(std::string)> notice_;
  std::uint64_t lessons_ = 0;  ///< the last one that was begun counts
  std::shared_ptr<witness::Postbox> postbox_;
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<FenceRunner> fence_;
  std::unique_ptr<Reset> reset_;
};

}  // namespace holdfast::daemon
