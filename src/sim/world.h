// A whole cluster in one process, in simulated time, from a seed: machines with services, networks, engines, and one
// real runtime with the real core per node. The same seed and the same calls give the same run, everywhere.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/config_patch.h"
#include "sim/daemon.h"
#include "sim/link_watch.h"
#include "sim/observer.h"
#include "sim/surroundings.h"
#include "sim/weather.h"
#include "wire/message.h"

namespace holdfast::sim {

/// How one machine is when a simulation does not begin from nothing.
struct Beginning {
  bool up = true;                     ///< it has power and its daemon runs
  std::vector<ResourceName> running;  ///< services; also on a machine whose daemon left
  std::optional<DurableState> kept;   ///< on its disk
};

/// The boot id of a machine's so many-th boot.
std::string boot_name(NodeId node, std::uint32_t boots);

struct WorldSettings {
  std::shared_ptr<const ClusterConfig> config;  ///< at the beginning
  std::shared_ptr<const ClusterConfig> everything =
      {};  ///< every node, link and resource that there ever is; none: `config`
  std::map<ResourceName, SimTimes> times;
  std::map<NodeId, wire::Speech> speech;  ///< of nodes that run an older build
  std::uint64_t seed = 1;
  Weather weather;
  std::optional<Micros> daemon_restart = Micros{1000000};  ///< by its service manager after a crash; none: never
  Millis alive_interval{1000};
  Millis stall_tick{50};
  std::map<NodeId, Beginning> beginning = {};  ///< empty: all machines are off; begin() gives them power
};

class World final : public ServiceObserver, public RingObserver, public DaemonListener {
 public:
  explicit World(WorldSettings settings);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void observe(WorldObserver& observer) { observers_.push_back(&observer); }

  Scheduler& scheduler() { return scheduler_; }
  Instant now() const { return scheduler_.now(); }
  /// Every node and resource that there ever is.
  const ClusterConfig& config() const { return *settings_.everything; }
  /// At the beginning.
  const ClusterConfig& first_config() const { return *settings_.config; }
  Services& services() { return services_; }
  const Services& services() const { return services_; }
  Network& network() { return network_; }
  /// To be called after every change of network().
  void network_changed();

  /// Every daemon keeps a journal, from the next one that starts.
  void keep_journals() { journals_ = true; }
  /// The segments on the node's disk, oldest first.
  const std::vector<std::string>& journal(NodeId node) const { return machine(node).disk.journal; }

  /// Power for all machines, or what settings.beginning says of them.
  void begin();
  /// Power on, or the daemon alone if the machine is up. Nothing happens to what is already up; the same holds, the
  /// other way round, for all that follows.
  void boot(NodeId node);
  void crash(NodeId node);
  /// The daemon leaves in order, its resources keep running. To stop them before: a request (O4).
  void leave(NodeId node);
  void pause_node(NodeId node, Micros time);
  void pause_daemon(NodeId node, Micros time);
  void kill_daemon(NodeId node);
  void kill_engine(NodeId node);
  void set_disk(NodeId node, DiskHealth health);
  /// What its daemon would find on its disk.
  const std::optional<DurableState>& kept(NodeId node) const { return machine(node).disk.kept; }
  bool disk_works(NodeId node) const { return machine(node).disk.health == DiskHealth::well; }
  SimGuards& guards() { return guards_; }
  /// How often the machine was powered off by a fence agent, or ended by itself or its watchdog.
  std::uint32_t times_fenced(NodeId node) const { return machine(node).fenced; }
  std::uint32_t times_reset(NodeId node) const { return machine(node).resets; }
  /// Steps the node's wall clock: from now on it is wrong by this much.
  void step_clock(NodeId node, Micros wrong);
  /// An operator asks, on `node` if a daemon lives there, else on the first that does. The answer comes to the
  /// observers.
  void request(Request request);

  /// The same, for another configuration (V9).
  void apply(const ConfigOrder& order);

  /// What stands in the node's configuration file; nullptr: it has none yet.
  std::shared_ptr<const ClusterConfig> file_on(NodeId node) const;

  bool powered(NodeId node) const { return machine(node).powered; }
  /// The node's daemon, or nullptr.
  const runtime::Node* daemon(NodeId node) const;
  bool in_one_ring(NodeId a, NodeId b) const { return rings_.together(a, b); }
  bool standing_still(NodeId node) const { return machine(node).paused; }

  /// Why the cluster is not at rest, in one line; empty if it is: nothing pending, and nothing but heartbeats and
  /// monitors for two seconds.
  std::string unrest() const;

  void on_operation_begin(NodeId, const ResourceName&, OperationKind) override;
  void on_operation_end(NodeId, const ResourceName&, OperationKind, const OperationResult&) override;
  void on_running(NodeId, const ResourceName&, bool running, const char* why) override;
  void on_ring(NodeId node, const std::vector<NodeId>& members) override;
  void daemon_stepped(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) override;
  void daemon_logged(NodeId node, const LogLine& line) override;
  void engines_activated(const ClusterConfig& config) override;
  void daemon_removed(NodeId node) override;

 private:
  struct Machine {
    bool powered = false;
    bool paused = false;
    bool daemon_paused = false;
    bool engine_returns = false;  ///< being restarted by its supervisor
    bool daemon_returns = false;
    std::uint32_t boots = 0;
    std::uint32_t fenced = 0;
    std::uint32_t resets = 0;
    std::optional<Instant> fed;  ///< its watchdog; none: not armed
    Instant paused_since;
    Instant paused_until;
    Instant daemon_paused_until;
    SimDisk disk;
    Micros wall_clock_wrong{0};
    Owner* owner = nullptr;  ///< of the daemon's present life
    std::unique_ptr<SimDaemon> daemon;
  };
  Machine& machine(NodeId n) { return machines_[n.value - 1]; }
  const Machine& machine(NodeId n) const { return machines_[n.value - 1]; }

  // world_guards.cc
  Power power_of(NodeId node);
  void fence(NodeId node);
  void reset(NodeId node, ResetHow how);
  void look_at_guards();
  void look_at_watchdog(NodeId node);
  std::string unrest_of_losses(NodeId node) const;

  using Call = std::function<void(runtime::Node&, std::function<void(runtime::Answer)>)>;
  void ask(AskedRequest asked, std::optional<NodeId> node, const Call& call);
  std::string file_of(const std::shared_ptr<const ClusterConfig>& config);
  std::shared_ptr<const ClusterConfig> config_for(NodeId node);
  std::optional<std::pair<NodeId, wire::ConfigOffer>> later_config(NodeId node, const ConfigStamp& own) const;
  void look_for_later_config(NodeId node);
  bool was_removed(NodeId node) const;
  /// The latest that any daemon with a synced view decides by; nullptr: there is none.
  void power_on(NodeId node);
  void start_daemon(NodeId node);
  void end_daemon(NodeId node);
  void restart_daemon_later(NodeId node);
  void restart_engine_later(NodeId node);
  void wake(NodeId node);
  void wake_daemon(NodeId node);
  void happened(NodeId node, const std::string& what);
  std::string unrest_of(NodeId node) const;
  void paths_changed();
  void touch() { last_activity_ = now(); }

  WorldSettings settings_;
  Random random_;
  Scheduler scheduler_;
  Network network_;
  Rings rings_;
  LinkWatch links_;
  SideChannels side_channels_;
  Services services_;
  SimGuards guards_;
  bool looking_ = false;  ///< at marks and watchdogs, regularly
  std::vector<std::unique_ptr<Owner>> lives_;
  std::vector<Machine> machines_;
  std::vector<WorldObserver*> observers_;
  std::map<std::string, std::shared_ptr<const ClusterConfig>> files_;  ///< by the text of the file
  std::uint32_t processes_ = 1000;
  bool journals_ = false;
  std::size_t asked_ = 0;
  std::map<std::size_t, const Owner*> unanswered_;  ///< requests, and the daemon's life that owes the answer
  Instant last_activity_;
};

}  // namespace holdfast::sim
