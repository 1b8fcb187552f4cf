// One daemon's connection to its node's simulated engine.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/engine.h"
#include "sim/rings.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

class SimEngine final : public Engine, public RingClient {
 public:
  /// `processes` gives every connection a new process number.
  SimEngine(Scheduler& scheduler, Owner& owner, Rings& rings, NodeId node, std::uint32_t& processes);
  ~SimEngine() override;
  SimEngine(const SimEngine&) = delete;
  SimEngine& operator=(const SimEngine&) = delete;

  void start(EngineListener& listener) override;
  void send(std::string bytes) override;
  EngineMember self() const override { return EngineMember{node_, process_}; }
  Result<void> stage(std::shared_ptr<const ClusterConfig> config) override {
    staged_ = std::move(config);
    return {};
  }
  void activate(Initiative initiative) override {
    if (staged_ && initiative != Initiative::theirs && activated) activated(*staged_);
    staged_.reset();
  }
  std::function<void(const ClusterConfig&)> activated;

  EngineMember member() const override { return self(); }
  void deliver_view(EngineView view) override;
  void deliver_message(EngineMember sender, std::shared_ptr<const std::string> bytes) override;
  void deliver_links(std::vector<LinkSample> links);
  /// The engine's process died; the daemon will join again under a new process number.
  void lose_engine();
  void engine_is_back();

  bool started() const { return listener_ != nullptr; }

 private:
  void post(std::function<void()> call);
  void drain();

  Scheduler& scheduler_;
  Owner& owner_;
  Rings& rings_;
  NodeId node_;
  std::uint32_t& processes_;
  std::uint32_t process_;
  EngineListener* listener_ = nullptr;
  std::shared_ptr<const ClusterConfig> staged_;
  std::deque<std::function<void()>>
      backlog_;  ///< came while the daemon stood still; all of it, in order (engine.md 2.5)
};

}  // namespace holdfast::sim
