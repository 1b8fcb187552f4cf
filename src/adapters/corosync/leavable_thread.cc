#include "adapters/corosync/leavable_thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <utility>

namespace holdfast::corosync {
namespace {

constexpr int kPriority = 50;  // below corosync's own 99, above what is not real-time

}  // namespace

LeavableThread::LeavableThread(const char* name, std::function<void()> body) {
  std::promise<void> finished;
  finished_ = finished.get_future();
  thread_ = std::thread([name, body = std::move(body), finished = std::move(finished)]() mutable {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), name);
    body();
    body = nullptr;
    finished.set_value();
  });
}

LeavableThread::~LeavableThread() { finish(Millis{0}); }

void LeavableThread::finish(Millis patience) {
  if (!thread_.joinable()) return;
  if (finished_.wait_for(patience) == std::future_status::ready)
    thread_.join();
  else
    thread_.detach();
}

bool become_realtime() {
  sched_param parameters{};
  parameters.sched_priority = kPriority;
  return pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &parameters) == 0;
}

}  // namespace holdfast::corosync
