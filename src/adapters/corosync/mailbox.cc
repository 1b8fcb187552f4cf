#include "adapters/corosync/mailbox.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace holdfast::corosync {

void Mailbox::post(std::function<void(EngineListener&)> call) {
  const std::lock_guard lock(guard_);
  if (loop_ == nullptr) return;
  boost::asio::post(*loop_, [self = shared_from_this(), call = std::move(call)] {
    if (self->listener_ != nullptr) call(*self->listener_);
  });
}

void Mailbox::post_notice(NoticeKind kind, Severity severity, std::string text) {
  post([this, notice = Notice{kind, severity, std::move(text)}](EngineListener&) { notice_(notice); });
}

void Mailbox::close() {
  const std::lock_guard lock(guard_);
  loop_ = nullptr;
  listener_ = nullptr;
}

}  // namespace holdfast::corosync
