// From the engine's threads to the loop: calls in the order of each thread, and none after the engine is gone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "adapters/corosync/notice.h"
#include "ports/engine.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::corosync {

/// Held by every thread and every queued call, so that a thread that corosync keeps blocked can be left behind.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  Mailbox(boost::asio::io_context& loop, NoticeSink notice) : loop_(&loop), notice_(std::move(notice)) {}

  /// Any thread. The call is made later, on the loop's thread; dropped if close() came first.
  void post(std::function<void(EngineListener&)> call);
  void post_notice(NoticeKind kind, Severity severity, std::string text);

  /// The loop's thread.
  void set_listener(EngineListener& listener) { listener_ = &listener; }
  void notice_now(const Notice& notice) const { notice_(notice); }
  void close();

 private:
  std::mutex guard_;
  boost::asio::io_context* loop_;       ///< null when closed; under guard_
  EngineListener* listener_ = nullptr;  ///< the loop's thread only
  NoticeSink notice_;                   ///< the loop's thread only
};

}  // namespace holdfast::corosync
