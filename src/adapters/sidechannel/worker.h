// The side channel's thread: sends rounds of probes, hears those of the others, runs the packet filter.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sidechannel/engine_priority.h"
#include "adapters/sidechannel/lent_priority.h"
#include "adapters/sidechannel/link_socket.h"
#include "adapters/sidechannel/note_board.h"
#include "adapters/sidechannel/packet_filter.h"
#include "adapters/sidechannel/paths.h"
#include "adapters/sidechannel/seal.h"
#include "model/action.h"
#include "wire/limits.h"

namespace holdfast::sidechannel {

/// Called on the worker's thread.
struct WorkerNews {
  std::function<void(std::vector<ReachPath>)> answering;
  std::function<void(NoteBoard::News)> note;
  std::function<void(Severity, std::string)> line;
};

class Worker {
 public:
  /// On the loop's thread.
  Worker(std::shared_ptr<const ClusterConfig> config, NodeId self, Sealer sealer, std::vector<LinkSocket> sockets,
         const std::string& nft, const std::string& engine_pid_file, WorkerNews news);

  /// The body of the thread.
  void run();

  // Any thread.
  void tell(std::string note);
  void shut_out(std::vector<NodeId> nodes);
  std::vector<NodeId> heard_within(Micros time) const;
  void stop();

 private:
  void wait(Instant until);
  void hear(Instant now);
  void take(std::string_view datagram, LinkIndex link, Instant now);
  void obey(Instant now);
  void send_round(Instant now);
  void report(Instant now);
  void filter(Instant now);

  std::shared_ptr<const ClusterConfig> config_;
  NodeId self_;
  Sealer sealer_;
  std::vector<LinkSocket> sockets_;
  PacketFilter filter_;
  WorkerNews news_;
  Paths paths_;
  NoteBoard board_;
  LentPriority priority_;
  EnginePriority engine_;
  std::vector<ReachPath> answering_;
  bool soon_ = false;  ///< something changed that the others should hear at once
  bool filter_failed_ = false;

  std::array<std::atomic<std::int64_t>, wire::max_node + 1> heard_{};  ///< when, by node; any thread
  std::mutex guard_;
  std::optional<std::string> new_note_;         ///< under guard_
  std::optional<std::vector<NodeId>> new_out_;  ///< under guard_
  std::atomic<bool> stop_ = false;
  Descriptor wake_;
};

}  // namespace holdfast::sidechannel
