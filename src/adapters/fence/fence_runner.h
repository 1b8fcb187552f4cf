// Runs fence agents: switch off, then ask until the agent says that it is off (G3).
//
//   delay -> off --exit 0--> status --exit 2: off--> confirmed
//             \--else: failed   \--on: asked again, three times in all--> failed: the agent lies, or is slow
#pragma once

#include <memory>

#include "adapters/fence/fence_agents.h"
#include "ports/fence.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// All calls on the thread that runs the loop. Destroying it kills what runs, and no result comes any more.
class FenceRunner final : public Fence {
 public:
  FenceRunner(boost::asio::io_context& loop, FenceAgents agents);
  ~FenceRunner() override;

  /// From now on; what runs goes on.
  void know(FenceAgents agents);

  void fence(const FenceOrder& order, std::function<void(FenceResult)> done) override;
  void cancel(NodeId target) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
