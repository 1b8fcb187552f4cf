// One life of one node's daemon: the real runtime and core over simulated ports.
#pragma once

#include <functional>
#include <memory>

#include "runtime/node.h"
#include "sim/agent_runner.h"
#include "sim/clock.h"
#include "sim/config_file.h"
#include "sim/engine.h"
#include "sim/guard_ports.h"
#include "sim/journal/memory.h"
#include "sim/side_channel.h"
#include "sim/store.h"

namespace holdfast::sim {

/// What the daemon reports to the world.
class DaemonListener {
 public:
  virtual ~DaemonListener() = default;
  virtual void daemon_stepped(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) = 0;
  virtual void daemon_logged(NodeId node, const LogLine& line) = 0;
  /// Its engine, and with it those of all nodes, take over this configuration (O7).
  virtual void engines_activated(const ClusterConfig& config) = 0;
  /// The node is configured no more: its daemon and engine end.
  virtual void daemon_removed(NodeId node) = 0;
};

class SimDaemon final : public runtime::NodeObserver, public LogSink {
 public:
  struct Surroundings {
    Scheduler& scheduler;
    Owner& owner;  ///< of this life
    Rings& rings;
    SideChannels& side_channels;
    Services& services;
    SimDisk& disk;
    const Micros& wall_clock_wrong;
    Micros slowest_write;
    std::uint32_t& processes;
    DaemonListener& listener;
    SimGuards& guards;
    Power power;
    bool journal;  ///< it keeps one
  };

  SimDaemon(const Surroundings& around, const runtime::NodeSettings& settings, Micros clock_offset, std::uint64_t seed)
      : self_(settings.self),
        listener_(around.listener),
        clock_(around.scheduler, around.owner, clock_offset, around.wall_clock_wrong),
        engine_(around.scheduler, around.owner, around.rings, settings.self, around.processes),
        side_channels_(around.side_channels),
        owner_(around.owner),
        side_(std::in_place, side_channels_, owner_, settings.self),
        agents_(around.scheduler, around.owner, around.services, settings.self, seed),
        store_(around.scheduler, around.owner, around.disk, around.slowest_write, seed + 1),
        witness_(around.scheduler, around.owner, around.guards, settings.self),
        fence_(around.scheduler, around.owner, around.guards, around.power, settings.self),
        reset_(around.scheduler, around.power, settings.self),
        config_file_(around.scheduler, around.owner, around.disk),
        journal_(around.disk, journal_head(settings)),
        node_(settings, ports(settings, around.journal), this) {
    engine_.activated = [this](const ClusterConfig& config) { listener_.engines_activated(config); };
  }

  runtime::Node& node() { return node_; }
  const runtime::Node& node() const { return node_; }
  SimEngine& engine() { return engine_; }
  const SimAgentRunner& agents() const { return agents_; }

  void on_step(const Event& event, const Outcome& outcome, const ClusterState& state) override {
    listener_.daemon_stepped(self_, event, outcome, state);
  }
  void on_removed() override { listener_.daemon_removed(self_); }
  void write(const LogLine& line) override { listener_.daemon_logged(self_, line); }

 private:
  wire::JournalHead journal_head(const runtime::NodeSettings& settings) const {
    const ClusterConfig& config = *settings.config;
    return {self_, config.name_of(self_), config.name, "simulated", wire::built_speech.feature_level, settings.boot,
            0,     clock_.wall()};
  }
  runtime::NodePorts ports(const runtime::NodeSettings& settings, bool journal) {
    runtime::NodePorts ports{clock_, engine_, agents_, store_, config_file_, *this, guard_ports(*settings.config),
                             &*side_};
    ports.renew_side = [this](const std::shared_ptr<const ClusterConfig>& config) { return renew_side(*config); };
    if (journal) ports.journal = &journal_;
    return ports;
  }
  /// As the real one, which lets all in again when it ends in order.
  SideChannel* renew_side(const ClusterConfig& config) {
    side_->shut_out({});
    side_.emplace(side_channels_, owner_, self_);
    return config.nodes.size() < 3 ? nullptr : &*side_;
  }
  runtime::GuardPorts guard_ports(const ClusterConfig& config) {
    return {witness_of(config), &fence_, &reset_,
            [this](const std::shared_ptr<const ClusterConfig>& next) { return witness_of(*next); }};
  }
  Witness* witness_of(const ClusterConfig& config) {
    witness_.kind = config.quorum.kind;
    return SimGuards::witness_names(witness_.kind).empty() ? nullptr : &witness_;
  }

  NodeId self_;
  DaemonListener& listener_;
  SimClock clock_;
  SimEngine engine_;
  SideChannels& side_channels_;
  Owner& owner_;
  std::optional<SimSideChannel> side_;
  SimAgentRunner agents_;
  SimStore store_;
  SimWitness witness_;
  SimFence fence_;
  SimReset reset_;
  SimConfigFile config_file_;
  MemoryJournal journal_;
  runtime::Node node_;  // last: it goes first, and calls its ports then
};

}  // namespace holdfast::sim
