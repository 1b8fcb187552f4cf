#include "adapters/witness/postbox.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace holdfast::witness {

void Postbox::post(std::function<void()> call) {
  const std::lock_guard lock(guard_);
  if (loop_ == nullptr) return;
  boost::asio::post(*loop_, [self = shared_from_this(), call = std::move(call)] {
    // Closed on this very thread, or not at all: nobody closes it while the call runs but the call itself.
    if (self->loop_ != nullptr) call();
  });
}

void Postbox::close() {
  const std::lock_guard lock(guard_);
  loop_ = nullptr;
}

}  // namespace holdfast::witness
