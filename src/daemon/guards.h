// The real guards of a node (G1 to G3): the witness that the configuration names, the fence agents, reboot(2).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/fence/fence_agents.h"
#include "model/config.h"
#include "runtime/guard_ports.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::daemon {

/// All calls on the loop's thread; the ports live as long as this.
class Guards {
 public:
  /// `notice`: lines about programs that a guard keeps running.
  Guards(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self, FenceAgents agents,
         std::function<void(std::string)> notice);
  runtime::GuardPorts ports() const { return {witness_.get(), fence_.get(), reset_.get()}; }

 private:
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<Fence> fence_;
  std::unique_ptr<Reset> reset_;
};

}  // namespace holdfast::daemon
