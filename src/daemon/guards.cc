#include "daemon/guards.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "adapters/reset/kernel_reset.h"
#include "adapters/witness/qdevice_witness.h"
#include "adapters/witness/storage_witness.h"
#include "adapters/witness/tcp_witness.h"
#include "base/format.h"

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
               std::function<void(std::string)> notice, std::function<void()> before_reset)
    : loop_(loop),
      self_(self),
      agents_(std::move(agents)),
      notice_(std::move(notice)),
      postbox_(std::make_shared<witness::Postbox>(loop)),
      witness_(make_witness(loop, config, self, notice_)),
      fence_(std::make_unique<FenceRunner>(loop, agents_)),
      reset_(std::make_unique<KernelReset>(std::move(before_reset))) {}

Guards::~Guards() { postbox_->close(); }

runtime::GuardPorts Guards::ports() {
  return {witness_.get(), fence_.get(), reset_.get(),
          [this](const std::shared_ptr<const ClusterConfig>& config) { return renew(config); }};
}

Witness* Guards::renew(const std::shared_ptr<const ClusterConfig>& config) {
  witness_.reset();  // its threads and files first: the next one may use the same
  witness_ = make_witness(loop_, *config, self_, notice_);
  learn_fence_agents(config);
  return witness_.get();
}

/// G3: what new agents take is asked of them beside the loop; they may need seconds, and may hang.
void Guards::learn_fence_agents(const std::shared_ptr<const ClusterConfig>& config) {
  std::thread([this, config, agents = agents_, number = ++lessons_, postbox = postbox_]() mutable {
    std::vector<std::string> problems;
    for (const NodeConfig& node : config->nodes)
      for (const FenceLevel& level : node.fence)
        for (const std::string& problem : agents.check(level.agent, level.parameters))
          problems.push_back(format("fencing of {}: {}", node.name, problem));
    postbox->post([this, number, agents = std::move(agents), problems = std::move(problems)] {
      if (number != lessons_) return;
      agents_ = agents;
      fence_->know(agents_);
      for (const std::string& problem : problems) notice_(problem);
    });
  }).detach();
}

}  // namespace holdfast::daemon
