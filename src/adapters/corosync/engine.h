// The production engine: Corosync's CPG for views and ordered messages, knet for the links, one corosync process per
// machine that we configure, start and supervise, and that outlives us.
#pragma once

#include <memory>
#include <string>

#include "adapters/corosync/notice.h"
#include "base/result.h"
#include "model/config.h"
#include "ports/engine.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

struct CorosyncSettings {
  std::shared_ptr<const ClusterConfig> config;
  NodeId self;
  corosync::NoticeSink notice;  ///< called on the loop's thread; must not be empty
  std::string program = "/usr/sbin/corosync";
  std::string run_dir = "/run/holdfast";
  std::string state_dir = "/var/lib/holdfast/corosync";
  std::string log_file = "/var/log/holdfast-corosync.log";
};

/// Every call on the thread that runs the loop; the listener and the notices are called there, never from within a
/// call. Two threads of its own talk to corosync, so that the loop never waits for it.
class CorosyncEngine final : public Engine {
 public:
  CorosyncEngine(boost::asio::io_context& loop, CorosyncSettings settings);
  /// Leaves the group; corosync runs on. Waits at most 1 s for the threads.
  ~CorosyncEngine() override;

  /// Before start(), once: attaches to our corosync or starts it. Blocks for a few seconds at most. Errors, one clear
  /// line each: the configuration cannot be carried out, corosync is not installed, another corosync runs here, no
  /// key, a file cannot be written.
  [[nodiscard]] Result<void> prepare();

  void start(EngineListener& listener) override;
  void send(std::string bytes) override;
  EngineMember self() const override;
  Result<void> stage(std::shared_ptr<const ClusterConfig> config) override;
  void activate(Initiative initiative) override;

  /// For a node that leaves for good: ends corosync, too, so that the peers see the node go and not only its daemon.
  /// Blocks for a few seconds at most. Afterwards only the destructor may be called.
  void stop_corosync();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast
