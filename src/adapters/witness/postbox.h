// From a thread that may hang to the loop: calls in order, and none after the receiver is gone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

namespace boost::asio {
class io_context;
}

namespace holdfast::witness {

class Postbox : public std::enable_shared_from_this<Postbox> {
 public:
  explicit Postbox(boost::asio::io_context& loop) : loop_(&loop) {}

  /// Any thread. The call is made later, on the loop's thread; dropped if close() came first.
  void post(std::function<void()> call);
  /// The loop's thread.
  void close();

 private:
  std::mutex guard_;
  boost::asio::io_context* loop_;  ///< null when closed; under guard_
};

}  // namespace holdfast::witness
