// Membership and ordered messages. Real: Corosync's CPG, or one local node. Simulated: sim/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "model/config.h"
#include "model/facts.h"

namespace holdfast {

/// A daemon in the process group.
struct EngineMember {
  NodeId node;
  std::uint32_t process = 0;  ///< differs between two lives of one node's daemon
  auto operator<=>(const EngineMember&) const = default;
};

/// Who hears whom now. Only whole lists: joined and left lists differ between nodes (engine.md 2.5).
struct EngineView {
  std::vector<EngineMember> daemons;  ///< ascending; the process group. Empty: not connected
  std::vector<NodeId>
      nodes;  ///< ascending; nodes whose engine answers. A node in here without a daemon: its daemon is dead (N7)
  bool operator==(const EngineView&) const = default;
};

/// State of one path as the engine measures it by heartbeats (L2).
struct LinkSample {
  NodeId peer;
  LinkIndex link;
  bool connected = false;
};

/// Calls come on the runtime's thread.
class EngineListener {
 public:
  virtual ~EngineListener() = default;
  /// The order of views and messages is the same on all members that go from one view to the next together, but a
  /// message sent in an old view may come in a newer one, and the last message before a cut may have reached its sender
  /// only.
  virtual void on_view(const EngineView& view) = 0;
  virtual void on_message(EngineMember sender, std::string_view bytes) = 0;
  /// All paths to all peers; polled, so up to a few hundred milliseconds late, and not ordered against views.
  virtual void on_links(const std::vector<LinkSample>& links) = 0;
  /// The engine is gone (its process died); it is being restarted, and on_view will follow.
  virtual void on_engine_lost(const std::string& why) = 0;
};

/// Who tells the engines of all nodes to take over what was staged. `alone`: this node's engine starts anew with it, as
/// nobody agrees with this node, and a ring that comes and goes delivers nothing.
enum class Initiative : std::uint8_t { ours, theirs, alone };

class Engine {
 public:
  virtual ~Engine() = default;
  /// Begins to call `listener`, which must outlive the engine.
  virtual void start(EngineListener& listener) = 0;
  /// Sends to all members, ourselves included, in the one order. Kept and retried while a view forms; lost if
  /// the engine dies. At most 60 KiB.
  virtual void send(std::string bytes) = 0;
  /// Our own member name in the process group.
  virtual EngineMember self() const = 0;

  /// Another configuration is agreed (O7): keeps what the engine will read, changes nothing of what runs. A node that
  /// is not in it leaves the ring when it is activated.
  virtual Result<void> stage(std::shared_ptr<const ClusterConfig> config) {
    (void)config;
    return {};
  }
  /// Every member has staged the same: the engines of all nodes take it over, when one member tells them. No link and
  /// no node is lost by it, and none that stays is reported so.
  virtual void activate(Initiative initiative) { (void)initiative; }
};

}  // namespace holdfast
