// A second way between the nodes, beside the engine, for when the engine stalls (engine.md 2.6): who answers directly,
// a short note of every node, and the power to shut a node's engine out. Real: adapters/sidechannel. Simulated: sim/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/reach.h"

namespace holdfast {

/// Calls come on the runtime's thread, and never from within a call of SideChannel.
class SideChannelListener {
 public:
  virtual ~SideChannelListener() = default;
  /// The links on which peers answer this node, both ways; ascending. Called when they change.
  virtual void on_answering(const std::vector<ReachPath>& paths) = 0;
  /// The newest note of another node. It comes directly or through others, as long as any way exists.
  virtual void on_note(NodeId node, std::string_view bytes) = 0;
  /// Nothing was heard of this node for a while, by nobody who can be heard here.
  virtual void on_note_lost(NodeId node) = 0;
};

class SideChannel {
 public:
  virtual ~SideChannel() = default;
  /// Begins to call `listener`, which must outlive the channel.
  virtual void start(SideChannelListener& listener) = 0;
  /// This node's note from now on; replaces the one before. At most 512 bytes.
  virtual void tell(std::string note) = 0;
  /// The nodes from which anything came directly within the last `time`; ascending. One direction is enough.
  virtual std::vector<NodeId> heard_within(Micros time) const = 0;
  /// From now on the engine's packets from and to just these nodes are dropped on this node. The channel itself is not.
  virtual void shut_out(const std::vector<NodeId>& nodes) = 0;
};

}  // namespace holdfast
