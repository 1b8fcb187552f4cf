// One number for everything that happened in a run: every event that a core took in, its outcome and the state after
// it, what agents did and what ran, every answer, each with its time. Equal on every build and machine (law 1).
#pragma once

#include <string_view>

#include "base/digest.h"
#include "sim/world.h"

namespace holdfast::sim {

class TraceDigest final : public WorldObserver {
 public:
  /// `world` must outlive it.
  explicit TraceDigest(const World& world) : world_(world) {}

  Digest value() const { return digest_; }

  void on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) override;
  void on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) override;
  void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                        const OperationResult& result) override;
  void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) override;
  void on_answer(const AskedRequest& request, const runtime::Answer& answer) override;
  void on_happening(NodeId node, const std::string& what) override;

 private:
  void add(std::uint64_t number);
  void add(std::string_view text);
  void begin(std::uint64_t kind, NodeId node);

  const World& world_;
  Digest digest_ = digest_of("");
};

}  // namespace holdfast::sim
