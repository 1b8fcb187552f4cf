#include "adapters/witness/worker.h"

#include <pthread.h>
#include <signal.h>

#include <thread>

namespace holdfast::witness {

Worker::Worker(const char* name, Millis interval, std::function<void()> round) {
  std::thread([state = state_, name, interval, round = std::move(round)] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), name);
    run(*state, interval, round);
  }).detach();
}

Worker::~Worker() {
  const std::lock_guard lock(state_->guard);
  state_->stopped = true;
  state_->changed.notify_all();
}

void Worker::wake() {
  const std::lock_guard lock(state_->guard);
  state_->woken = true;
  state_->changed.notify_all();
}

void Worker::run(State& state, Millis interval, const std::function<void()>& round) {
  for (;;) {
    round();
    std::unique_lock lock(state.guard);
    state.changed.wait_for(lock, interval, [&] { return state.woken || state.stopped; });
    if (state.stopped) return;
    state.woken = false;
  }
}

}  // namespace holdfast::witness
