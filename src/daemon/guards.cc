#include "daemon/guards.h"

#include <chrono>
#include <cstdlib>

#include "adapters/fence/fence_runner.h"
#include "adapters/reset/kernel_reset.h"
#include "adapters/witness/qdevice_witness.h"
#include "adapters/witness/storage_witness.h"
#include "adapters/witness/tcp_witness.h"

namespace holdfast::daemon {

namespace {

/// `host:port` or `[IPv6]:port`, checked by config.
TcpEndpoint endpoint_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.starts_with('[') ? 1 : 0;
  return {text.substr(bracket, colon - 2 * bracket),
          static_cast<std::uint16_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10))};
}

std::unique_ptr<Witness> tcp_witness(boost::asio::io_context& loop, const Quorum& quorum) {
  TcpWitnessSettings settings;
  for (const std::string& host : quorum.hosts) settings.endpoints.push_back(endpoint_of(host));
  return std::make_unique<TcpWitness>(loop, std::move(settings));
}

std::unique_ptr<Witness> storage_witness(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self) {
  StorageWitnessSettings settings;
  settings.path = config.quorum.path;
  settings.cluster = config.name;
  settings.self = self;
  for (const NodeConfig& node : config.nodes) settings.nodes.emplace_back(node.id, node.name);
  settings.interval = config.quorum.interval;
  // Another life must not look like the old one standing still.
  settings.life = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  return std::make_unique<StorageWitness>(loop, std::move(settings));
}

std::unique_ptr<Witness> make_witness(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self,
                                      std::function<void(std::string)> notice) {
  switch (config.quorum.kind) {
    case QuorumKind::tcp:
      return tcp_witness(loop, config.quorum);
    case QuorumKind::storage:
      return storage_witness(loop, config, self);
    case QuorumKind::qdevice:
      return std::make_unique<QdeviceWitness>(loop, QdeviceWitnessSettings{{}, std::move(notice)});
    case QuorumKind::none:
    case QuorumKind::majority:  // the view itself says it
      break;
  }
  return nullptr;
}

}  // namespace

Guards::Guards(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self, FenceAgents agents,
               std::function<void(std::string)> notice)
    : witness_(make_witness(loop, config, self, std::move(notice))),
      fence_(std::make_unique<FenceRunner>(loop, std::move(agents))),
      reset_(std::make_unique<KernelReset>()) {}

}  // namespace holdfast::daemon
