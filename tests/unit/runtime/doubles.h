// Small doubles of the ports: several nodes in one process on one scheduler, with views and answers that a test
// scripts. No network is modelled (that is sim/): a message reaches the sender's present group after 1 ms, in one
// order.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/node.h"
#include "wire/message.h"

namespace holdfast::testing_doubles {

/// Time and calls; a paused owner's calls wait until it is resumed.
class Scheduler {
 public:
  Instant now() const { return now_; }
  std::uint64_t at(Micros delay, int owner, std::function<void()> call);
  void cancel(std::uint64_t id);
  void run_for(Micros time);
  void pause(int owner) { paused_.insert(owner); }
  void resume(int owner);

 private:
  struct Call {
    int owner = 0;
    std::function<void()> call;
  };
  Instant now_{1'000'000'000};
  std::uint64_t ids_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Call> calls_;
  std::set<int> paused_;
};

class TestClock final : public Clock {
 public:
  TestClock(Scheduler& scheduler, int owner) : scheduler_(scheduler), owner_(owner) {}
  Instant now() const override { return scheduler_.now(); }
  WallTime wall() const override { return WallTime{1'700'000'000'000 + scheduler_.now().micros / 1000}; }
  std::unique_ptr<Timer> after(Micros delay, std::function<void()> call) override;

 private:
  Scheduler& scheduler_;
  int owner_;
};

/// Answers after 10 ms what the test set, and remembers what was asked.
class TestAgents final : public AgentRunner {
 public:
  TestAgents(Scheduler& scheduler, int owner) : scheduler_(scheduler), owner_(owner) {}
  void run(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done) override;
  void ask_ready(const ResourceConfig& resource, std::function<void(Readiness)> done) override {
    asked.push_back("ready " + resource.name.value);
    scheduler_.at(Millis{10}, owner_, [this, name = resource.name, done = std::move(done)] { done(ready[name]); });
  }
  void watch(const ResourceConfig& resource, std::function<void(ResourceState, std::string)> changed) override {
    watched[resource.name] = std::move(changed);
  }
  void unwatch(const ResourceName& resource) override { watched.erase(resource); }

  /// Kept back: the test calls release().
  bool hold_back = false;
  void release();
  std::map<ResourceName, bool> running;                                    ///< the services of this machine
  std::map<std::pair<ResourceName, OperationKind>, OperationResult> says;  ///< instead of what really happens
  std::map<ResourceName, Readiness> ready;                                 ///< what is said to ask_ready
  std::vector<std::string> asked;                                          ///< "start web", ...
  std::map<ResourceName, std::function<void(ResourceState, std::string)>> watched;
  int under_way = 0;
  int most_on_one = 0;  ///< R2: must stay 1

 private:
  OperationResult answer(const ResourceName& name, OperationKind kind);
  Scheduler& scheduler_;
  int owner_;
  std::map<ResourceName, int> busy_;
  std::vector<std::function<void()>> kept_;
};

/// A disk that takes 1 ms, is full, or hangs until the test says otherwise.
class TestStore final : public StateStore {
 public:
  TestStore(Scheduler& scheduler, int owner) : scheduler_(scheduler), owner_(owner) {}
  Result<std::optional<DurableState>> load() override {
    if (damaged) return failure("checksum differs");
    return kept;
  }
  void save(DurableState state, Saved saved) override {
    ++saves;
    auto end = [this, state = std::move(state), saved = std::move(saved)] {
      if (full) return saved(failure("no space left on device"));
      kept = state;
      saved({});
    };
    if (hanging)
      kept_back_.push_back(std::move(end));
    else
      scheduler_.at(Millis{1}, owner_, std::move(end));
  }
  /// Hangs no more: what was under way ends.
  void release() {
    hanging = false;
    for (const auto& end : std::exchange(kept_back_, {})) end();
  }
  std::optional<DurableState> kept;
  bool damaged = false;
  bool full = false;
  bool hanging = false;
  int saves = 0;

 private:
  Scheduler& scheduler_;
  int owner_;
  std::vector<std::function<void()>> kept_back_;
};

/// The configuration file on the disk of a TestStore.
class TestConfigFile final : public ConfigFile {
 public:
  TestConfigFile(Scheduler& scheduler, int owner, TestStore& disk)
      : scheduler_(scheduler), owner_(owner), disk_(disk) {}
  Result<std::string> read() override { return text; }
  void replace(std::string next, std::string keep_as, Written written) override {
    scheduler_.at(Millis{1}, owner_, [this, next = std::move(next), keep_as = std::move(keep_as), written] {
      if (disk_.full) return written(failure("no space left on device"));
      kept[keep_as] = std::exchange(text, next);
      written({});
    });
  }
  std::string text = "first";
  std::map<std::string, std::string> kept;

 private:
  Scheduler& scheduler_;
  int owner_;
  TestStore& disk_;
};

class TestLog final : public LogSink {
 public:
  void write(const LogLine& line) override { lines.push_back(line); }
  /// How many lines contain `text`.
  int count(const std::string& text) const;
  std::vector<LogLine> lines;
};

class World;

class TestEngine final : public Engine {
 public:
  TestEngine(World& world, EngineMember self) : world_(world), self_(self) {}
  void start(EngineListener& listener) override { listener_ = &listener; }
  void send(std::string bytes) override;
  EngineMember self() const override { return self_; }
  EngineListener* listener() const { return listener_; }
  void stop() { listener_ = nullptr; }

 private:
  World& world_;
  EngineMember self_;
  EngineListener* listener_ = nullptr;
};

/// One machine with its node; `node` can be destroyed and made anew on the same disk and services.
struct Machine {
  Machine(World& world, NodeId id, std::shared_ptr<const ClusterConfig> config, std::uint32_t process);
  void make_node(std::shared_ptr<const ClusterConfig> config, Millis link_poll = Millis{0});
  TestClock clock;
  TestAgents agents;
  TestStore store;
  TestConfigFile config_file;
  TestLog log;
  TestEngine engine;
  runtime::GuardPorts guards = {};  ///< of the next node that is made
  EngineView view;
  wire::Speech speech;  ///< of the next make_node
  std::vector<std::string> answers;
  int superseded = 0;  ///< how often the node was told to end
  std::unique_ptr<runtime::Node> node;
};

class World {
 public:
  explicit World(std::shared_ptr<const ClusterConfig> of) : config(std::move(of)) {}

  Machine& add(std::uint32_t id, std::shared_ptr<const ClusterConfig> own = nullptr);
  Machine& operator[](std::uint32_t id) { return *machines.at(NodeId{id}); }
  runtime::Node& node(std::uint32_t id) { return *(*this)[id].node; }
  /// Starts all, and lets their probes answer; no view yet.
  void start();
  /// These form one group; all hear it now. `engines`: nodes whose engines answer (default: the same).
  void view(std::vector<std::uint32_t> ids, std::vector<std::uint32_t> engines = {});
  /// All links of these machines polled: up to those in the same view.
  void poll();
  void run(std::int64_t millis) { scheduler.run_for(Millis{millis}); }
  /// Runs in small steps and polls, as the engine does.
  void run_polling(std::int64_t millis);
  void post(EngineMember sender, const std::string& bytes);
  /// As if `sender` had sent it.
  void inject(const wire::Message& message);
  void request(std::uint32_t id, RequestKind kind, const char* resource, std::optional<NodeId> node = std::nullopt);

  std::shared_ptr<const ClusterConfig> config;
  Scheduler scheduler;
  std::map<NodeId, std::unique_ptr<Machine>> machines;
  std::vector<wire::Message> sent;                            ///< everything, decoded
  std::vector<std::uint16_t> versions;                        ///< in which it was written
  std::function<bool(const wire::Message&)> swallow;          ///< true: nobody gets it
  std::function<bool(const wire::Message&, NodeId)> unheard;  ///< true: that one does not get it
};

/// `count` nodes with two links each; "ip" and "web" (on ip) on all of them; startup_wait 2 s, daemon_grace 3 s.
std::shared_ptr<ClusterConfig> small_cluster(std::uint32_t count);
ResourceState state_of(const ClusterState& state, std::uint32_t node, const char* resource);

}  // namespace holdfast::testing_doubles
