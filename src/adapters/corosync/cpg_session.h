// One connection to corosync's closed process groups, as values instead of callbacks of C. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "adapters/corosync/view_tracker.h"
#include "base/result.h"

namespace holdfast::corosync {

class CpgEvents {
 public:
  virtual ~CpgEvents() = default;
  virtual void on_group(const std::vector<EngineMember>& members, const std::vector<Departure>& departed) = 0;
  virtual void on_ring(const std::vector<NodeId>& nodes) = 0;
  virtual void on_delivery(EngineMember sender, std::string_view bytes) = 0;
};

/// Every call may block for as long as corosync does not answer.
class CpgSession {
 public:
  enum class Sent { yes, try_again, broken };
  enum class Alive { yes, broken };

  /// Connects and joins the group. The events must outlive the session. Errors: corosync does not listen (yet), or did
  /// not let us in within a second.
  static Result<std::unique_ptr<CpgSession>> open(CpgEvents& events);
  CpgSession(const CpgSession&) = delete;
  CpgSession& operator=(const CpgSession&) = delete;
  ~CpgSession();

  /// Readable when dispatch() has something to do.
  int descriptor() const { return descriptor_; }
  /// The number by which corosync calls this node.
  NodeId local_node() const { return local_node_; }
  /// Calls the events for all that waits.
  [[nodiscard]] Alive dispatch();
  [[nodiscard]] Sent send(std::string_view bytes);

 private:
  CpgSession() = default;
  Result<void> connect(CpgEvents& events);

  std::uint64_t handle_ = 0;  ///< cpg_handle_t
  bool open_ = false;
  int descriptor_ = -1;
  NodeId local_node_;
};

}  // namespace holdfast::corosync
