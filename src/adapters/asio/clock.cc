#include "adapters/asio/clock.h"

#include <time.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace holdfast {
namespace {

std::int64_t micros_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

/// Shared with the wait under way: cancelling an asio timer does not take back a call that is queued already, so the
/// call itself looks whether it is still wanted.
struct Pending {
  Pending(boost::asio::io_context& loop, std::function<void()> c) : timer(loop), call(std::move(c)) {}
  boost::asio::steady_timer timer;
  std::function<void()> call;
};

class AsioTimer final : public Timer {
 public:
  explicit AsioTimer(std::shared_ptr<Pending> pending) : pending_(std::move(pending)) {}
  AsioTimer(const AsioTimer&) = delete;
  AsioTimer& operator=(const AsioTimer&) = delete;
  ~AsioTimer() override {
    pending_->call = nullptr;
    pending_->timer.cancel();
  }

 private:
  std::shared_ptr<Pending> pending_;
};

}  // namespace

Instant AsioClock::now() const { return Instant{micros_of(CLOCK_BOOTTIME)}; }

WallTime AsioClock::wall() const { return WallTime{micros_of(CLOCK_REALTIME) / 1000}; }

std::unique_ptr<Timer> AsioClock::after(Micros delay, std::function<void()> call) {
  auto pending = std::make_shared<Pending>(loop_, std::move(call));
  pending->timer.expires_after(delay);
  pending->timer.async_wait([pending](const boost::system::error_code& error) {
    // Taken out first: the call may destroy its own timer.
    const auto wanted = std::exchange(pending->call, nullptr);
    if (!error && wanted) wanted();
  });
  return std::make_unique<AsioTimer>(std::move(pending));
}

}  // namespace holdfast
