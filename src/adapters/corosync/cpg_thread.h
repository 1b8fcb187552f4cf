// The thread that talks to CPG: connects, dispatches, sends, and connects again. The loop never waits for corosync.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "adapters/corosync/busy_mark.h"
#include "adapters/corosync/cpg_session.h"
#include "adapters/corosync/mailbox.h"
#include "adapters/corosync/outbox.h"
#include "adapters/corosync/process.h"

namespace holdfast::corosync {

/// run() is the body of the thread; stop(), wake() and busy() may be called by any.
class CpgThread final : private CpgEvents {
 public:
  CpgThread(EngineMember self, std::shared_ptr<Mailbox> mailbox, std::shared_ptr<Outbox> outbox);

  void run();
  void stop();
  /// Something is in the outbox.
  void wake();
  const BusyMark& busy() const { return busy_; }

 private:
  enum class Flushed { all, some, refused, broken };

  std::unique_ptr<CpgSession> connect();
  /// Works until the connection breaks or stop() is called; says why it broke.
  std::string serve(CpgSession& session);
  Flushed flush(CpgSession& session);
  /// Until woken, or `descriptor` (-1: none) is readable.
  void wait(int descriptor, Millis limit);
  void lost(const std::string& why);
  void tell(const ViewTracker::Update& update);

  void on_group(const std::vector<EngineMember>& members, const std::vector<Departure>& departed) override;
  void on_ring(const std::vector<NodeId>& nodes) override;
  void on_delivery(EngineMember sender, std::string_view bytes) override;

  const EngineMember self_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<Outbox> outbox_;
  const Descriptor wake_;  ///< eventfd
  std::atomic<bool> stop_{false};
  BusyMark busy_;
  ViewTracker tracker_;
  bool evicted_ = false;
  bool told_wrong_node_ = false;
};

}  // namespace holdfast::corosync
