// The connectivity guard of one node between its side channel and its log (L9): what the channel and the engine tell
// goes to core/local/connectivity, and what that decides is told and carried out. No policy here.
#pragma once

#include "core/local/connectivity.h"
#include "core/local/hearing.h"
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
  void on_links(const std::vector<LinkFact>& polled) { hearing_.on_links(polled, clock_.now()); }
  void on_delivery() { guard_.on_delivery(clock_.now()); }
  void on_stall() {
    guard_.on_stall();
    hearing_.on_stall(clock_.now());
  }
  void on_engine_stall() { hearing_.on_stall(clock_.now()); }
  std::vector<NodeId> left_out() const { return guard_.left_out(); }
  /// Links on which only the engine is heard: the side channel's port is closed there.
  const std::vector<ReachPath>& unheard() const { return hearing_.unheard(); }
  /// The view that the engine made last is not to be believed yet.
  bool waits();
  /// Others stay together and are heard, and this node was left out of them.
  bool left_behind() const { return guard_.is_left_behind(hearing_.answering(clock_.now())); }
  /// The engine's present ring is just what was decided: whoever is missing in it was left out.
  bool ring_is_decided() const { return guard_.ring_is_decided(); }

  void on_answering(const std::vector<ReachPath>& paths) override;
  void on_note(NodeId node, std::string_view bytes) override;
  void on_note_lost(NodeId node) override;

 private:
  void tell(const core::Hearing::News& news);
  void tell(const core::ConnectivityLine& line);

  NodeId self_;
  std::shared_ptr<const ClusterConfig> config_;
  Clock& clock_;
  SideChannel& side_;
  Lines& lines_;
  core::Hearing hearing_;
  core::ConnectivityGuard guard_;
};

}  // namespace holdfast::runtime
