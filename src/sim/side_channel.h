// The simulated side channel: what the real one tells of a network, without its datagrams. A peer that becomes silent
// is so for its listeners after `silence`; notes spread through whoever lives, some milliseconds per node. Events only
// where something changes, so that a quiet hour costs nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "ports/side_channel.h"
#include "sim/network.h"
#include "sim/scheduler.h"

namespace holdfast::sim {

class SideChannels;

/// One daemon's end of it.
class SimSideChannel final : public SideChannel {
 public:
  SimSideChannel(SideChannels& channels, Owner& owner, NodeId node);
  /// Who was shut out stays so until the next daemon begins: the packet filter is the kernel's.
  ~SimSideChannel() override;
  SimSideChannel(const SimSideChannel&) = delete;
  SimSideChannel& operator=(const SimSideChannel&) = delete;

  void start(SideChannelListener& listener) override;
  void tell(std::string note) override;
  std::vector<NodeId> heard_within(Micros time) const override;
  void shut_out(const std::vector<NodeId>& nodes) override;

 private:
  friend class SideChannels;
  SideChannels& channels_;
  Owner& owner_;
  NodeId node_;
  SideChannelListener* listener_ = nullptr;
};

/// All ends, and the air between them.
class SideChannels {
 public:
  SideChannels(Scheduler& scheduler, Network& network, std::uint64_t seed);

  Micros silence{800000};
  /// Called after shut_out() changed what the network carries for the engines.
  std::function<void()> network_changed;

  /// After every change of the network, and of daemons that begin, end, pause or resume.
  void reassess();

 private:
  friend class SimSideChannel;
  struct Known {
    std::uint64_t version = 0;  ///< of the note that was delivered; 0: none
    std::uint64_t on_its_way = 0;
    Instant apart_since;  ///< no way exists; 0: there is one
  };
  struct Pair {
    bool raw = false;
    bool measured = false;
    std::uint32_t change = 0;
    Instant last_heard;  ///< one way, until now if it still is
    bool heard = false;
  };
  struct End {
    SimSideChannel* channel = nullptr;
    std::string note;
    std::uint64_t version = 0;
  };

  End& end(NodeId n) { return ends_[n.value - 1]; }
  const End& end(NodeId n) const { return ends_[n.value - 1]; }
  Pair& pair(NodeId a, NodeId b) { return pairs_[(a.value - 1) * ends_.size() + b.value - 1]; }
  const Pair& pair(NodeId a, NodeId b) const { return pairs_[(a.value - 1) * ends_.size() + b.value - 1]; }
  Known& known(NodeId at, NodeId of) { return known_[(at.value - 1) * ends_.size() + of.value - 1]; }

  bool speaks(NodeId node) const;
  bool hears(NodeId at, NodeId from) const;
  bool answers(NodeId a, NodeId b) const;
  std::vector<NodeId> reached_from(NodeId node) const;
  void attach(NodeId node, SimSideChannel& channel);
  void detach(NodeId node);
  void measure(NodeId at, NodeId peer, bool raw);
  void tell_answering(NodeId at);
  void spread();
  void deliver_later(NodeId at, NodeId of);
  void lose_later(NodeId at, NodeId of);

  Scheduler& scheduler_;
  Network& network_;
  Random random_;
  std::vector<End> ends_;
  std::vector<Pair> pairs_;
  std::vector<Known> known_;
};

}  // namespace holdfast::sim
