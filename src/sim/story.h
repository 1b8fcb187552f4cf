// The story of a simulated run: what an operator would want to read, in structured form - time, node, event or
// action, rule and reason - and in no log's wording.
#pragma once

#include <string>
#include <vector>

#include "sim/step_story.h"
#include "sim/world.h"

namespace holdfast::sim {

class Story final : public WorldObserver {
 public:
  /// `world` must outlive it. Every line is also printed at once if `print`.
  enum class Print : std::uint8_t { no, yes };
  Story(const World& world, Print print);

  const std::vector<std::string>& lines() const { return lines_; }

  void on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) override;
  void on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) override;
  void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                        const OperationResult& result) override;
  void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) override;
  void on_request(const AskedRequest& request) override;
  void on_answer(const AskedRequest& request, const runtime::Answer& answer) override;
  void on_happening(NodeId node, const std::string& what) override;
  void on_log(NodeId node, const LogLine& line) override;
  void on_ring(NodeId node, const std::vector<NodeId>& members) override;

 private:
  void tell(NodeId node, const std::string& what);
  std::string name(NodeId node) const { return node_name(world_.config(), node); }
  std::string names(const std::vector<NodeId>& nodes) const;

  const World& world_;
  Print print_;
  std::size_t width_ = 1;
  std::vector<std::string> lines_;
  LinkLines links_;
};

}  // namespace holdfast::sim
