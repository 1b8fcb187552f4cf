// The connectivity guard of one node between its side channel and its log (L9): what the channel and the engine tell
// goes to core/local/connectivity, and what that decides is told and carried out. No policy here.
#pragma once

#include "core/local/connectivity.h"
#include "ports/clock.h"
#include "ports/side_channel.h"
#include "runtime/lines.h"
#include "runtime/node.h"

namespace holdfast::runtime {

class Connectivity final : public SideChannelListener {
 public:
  /// `ports.side` must not be null.
  Connectivity(NodeId self, std::shared_ptr<const ClusterConfig> config, Millis alive_interval, const NodePorts& ports,
               Lines& lines);

  void start();
  /// At every tick.
  void look();
  void on_ring(const std::vector<NodeId>& nodes);
  void on_delivery() { guard_.on_delivery(clock_.now()); }
  void on_stall() { guard_.on_stall(); }
  std::vector<NodeId> left_out() const { return guard_.left_out(); }
  /// The view that the engine made last is not to be believed yet.
  bool waits();

  void on_answering(const std::vector<NodeId>& peers) override;
  void on_note(NodeId node, std::string_view bytes) override;
  void on_note_lost(NodeId node) override;

 private:
  Clock& clock_;
  SideChannel& side_;
  Lines& lines_;
  core::ConnectivityGuard guard_;
};

}  // namespace holdfast::runtime
