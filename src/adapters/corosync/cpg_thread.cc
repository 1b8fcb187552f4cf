#include "adapters/corosync/cpg_thread.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "adapters/corosync/leavable_thread.h"
#include "base/format.h"

namespace holdfast::corosync {
namespace {

constexpr Millis kReconnect{20};
constexpr Millis kWrongNodePause{1000};
constexpr Millis kIdle{1000};
constexpr Millis kFirstRetry{1};
constexpr Millis kLongestRetry{16};
constexpr int kAtOnce = 64;  // messages sent before what came in is looked at again

}  // namespace

CpgThread::CpgThread(EngineMember self, std::shared_ptr<Mailbox> mailbox, std::shared_ptr<Outbox> outbox)
    : self_(self),
      mailbox_(std::move(mailbox)),
      outbox_(std::move(outbox)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      tracker_(self) {}

void CpgThread::stop() {
  stop_ = true;
  wake();
}

void CpgThread::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);  // can only fail if it is set already
}

void CpgThread::run() {
  if (!become_realtime())  // L5
    mailbox_->post_notice(NoticeKind::no_realtime, Severity::warning,
                          "real-time priority was refused: under load a view may come late");
  while (!stop_) {
    const std::unique_ptr<CpgSession> session = connect();
    if (!session) continue;
    const std::string why = serve(*session);
    if (!stop_) lost(why);
  }
}

std::unique_ptr<CpgSession> CpgThread::connect() {
  tracker_ = ViewTracker(self_);
  evicted_ = false;
  const BusyMark::Scope in_call(busy_);
  Result<std::unique_ptr<CpgSession>> session = CpgSession::open(*this);
  if (!session) {
    wait(-1, kReconnect);
    return nullptr;
  }
  if ((*session)->local_node() == self_.node) return *std::move(session);
  if (!std::exchange(told_wrong_node_, true))
    mailbox_->post_notice(NoticeKind::not_our_node, Severity::error,
                          format("the corosync that runs here calls this node {}, our configuration calls it {}",
                                 (*session)->local_node().value, self_.node.value));
  session->reset();
  wait(-1, kWrongNodePause);
  return nullptr;
}

std::string CpgThread::serve(CpgSession& session) {
  Millis retry = kFirstRetry;
  Millis limit{0};
  while (!stop_) {
    wait(session.descriptor(), limit);
    const BusyMark::Scope in_call(busy_);
    if (session.dispatch() == CpgSession::Alive::broken) return "the connection to corosync broke";
    if (evicted_) return "corosync no longer counts this daemon as a member of its group";  // trap 18
    switch (flush(session)) {
      case Flushed::all:
        limit = kIdle;
        retry = kFirstRetry;
        break;
      case Flushed::some:
        limit = Millis{0};
        retry = kFirstRetry;
        break;
      case Flushed::refused:  // a ring is forming, or corosync's queue is full (trap 7 of engine.md 2.5)
        limit = retry;
        retry = std::min(retry * 2, kLongestRetry);
        break;
      case Flushed::broken:
        return "the connection to corosync broke";
    }
  }
  return {};
}

CpgThread::Flushed CpgThread::flush(CpgSession& session) {
  for (int i = 0; i < kAtOnce; ++i) {
    const std::string* message = outbox_->first();
    if (message == nullptr) return Flushed::all;
    switch (session.send(*message)) {
      case CpgSession::Sent::yes:
        outbox_->sent();
        break;
      case CpgSession::Sent::try_again:
        return Flushed::refused;
      case CpgSession::Sent::broken:
        return Flushed::broken;
    }
  }
  return Flushed::some;
}

void CpgThread::wait(int descriptor, Millis limit) {
  std::array<pollfd, 2> sources{{{wake_.get(), POLLIN, 0}, {descriptor, POLLIN, 0}}};
  poll(sources.data(), sources.size(), static_cast<int>(limit.count()));
  std::uint64_t count = 0;
  [[maybe_unused]] const auto drained = read(wake_.get(), &count, sizeof count);
}

void CpgThread::lost(const std::string& why) {
  outbox_->connection_lost();
  mailbox_->post([outbox = outbox_, why](EngineListener& listener) {
    outbox->begin_life();
    listener.on_engine_lost(why);
  });
}

void CpgThread::tell(const ViewTracker::Update& update) {
  evicted_ = evicted_ || update.evicted;
  if (update.view) mailbox_->post([view = *update.view](EngineListener& listener) { listener.on_view(view); });
}

void CpgThread::on_group(const std::vector<EngineMember>& members, const std::vector<Departure>& departed) {
  tell(tracker_.group_changed(members, departed));
}

void CpgThread::on_ring(const std::vector<NodeId>& nodes) { tell(tracker_.ring_changed(nodes)); }

void CpgThread::on_delivery(EngineMember sender, std::string_view bytes) {
  if (evicted_) return;
  mailbox_->post(
      [sender, bytes = std::string(bytes)](EngineListener& listener) { listener.on_message(sender, bytes); });
}

}  // namespace holdfast::corosync
