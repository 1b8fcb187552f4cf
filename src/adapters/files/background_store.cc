#include "adapters/files/background_store.h"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace holdfast::files {

/// Owned by the store and by its thread: a thread that was left behind in a hanging write touches nothing else.
struct BackgroundStore::Shared {
  BackgroundStoreSettings settings;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<DurableState> next;  ///< the last that was handed over and is not being written
  std::vector<Saved> waiting;        ///< for `next`
  bool woken = false;
  bool ending = false;
  bool ended = false;     ///< the thread's loop is over
  bool silenced = false;  ///< the store is gone: nobody is called

  void tell(std::vector<Saved> saved, Result<void> result);
};

/// On the runtime's thread.
void BackgroundStore::Shared::tell(std::vector<Saved> saved, Result<void> result) {
  {
    const std::lock_guard lock(mutex);
    if (silenced) return;
  }
  for (const Saved& call : saved) call(result);
}

class BackgroundStore::Worker {
 public:
  explicit Worker(const std::shared_ptr<Shared>& shared) : shared_(shared) {
    thread_ = std::thread([shared] { run(shared); });
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  ~Worker() {
    std::unique_lock lock(shared_->mutex);
    shared_->ending = shared_->silenced = true;
    shared_->changed.notify_all();
    const bool ended = shared_->changed.wait_for(lock, shared_->settings.patience, [this] { return shared_->ended; });
    lock.unlock();
    ended ? thread_.join() : thread_.detach();
  }

 private:
  static void write(const std::shared_ptr<Shared>& shared, std::unique_lock<std::mutex>& lock) {
    const DurableState state = *std::exchange(shared->next, std::nullopt);
    std::vector<Saved> saved = std::exchange(shared->waiting, {});
    lock.unlock();
    Result<void> result = shared->settings.write(state);
    lock.lock();
    if (shared->silenced) return;  // the loop behind post() may be gone, too
    shared->settings.post([shared, saved = std::move(saved), result = std::move(result)]() mutable {
      shared->tell(std::move(saved), std::move(result));
    });
  }

  static void run(const std::shared_ptr<Shared>& shared) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "holdfast-state");
    std::unique_lock lock(shared->mutex);
    std::optional<Millis> again;
    const auto called = [&] { return shared->next || shared->woken || shared->ending; };
    while (true) {
      again ? (void)shared->changed.wait_for(lock, *again, called) : shared->changed.wait(lock, called);
      if (shared->ending && !shared->next && !shared->woken) break;
      if (shared->next) write(shared, lock);
      shared->woken = false;
      if (!shared->settings.also) continue;
      lock.unlock();
      again = shared->settings.also();
      lock.lock();
    }
    shared->ended = true;
    shared->changed.notify_all();
  }

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

BackgroundStore::BackgroundStore(BackgroundStoreSettings settings) : shared_(std::make_shared<Shared>()) {
  shared_->settings = std::move(settings);
  worker_ = std::make_unique<Worker>(shared_);
}

BackgroundStore::~BackgroundStore() = default;

Result<std::optional<DurableState>> BackgroundStore::load() { return shared_->settings.read(); }

void BackgroundStore::save(DurableState state, Saved saved) {
  const std::lock_guard lock(shared_->mutex);
  shared_->next = std::move(state);
  if (saved) shared_->waiting.push_back(std::move(saved));
  shared_->changed.notify_all();
}

void BackgroundStore::wake() {
  const std::lock_guard lock(shared_->mutex);
  shared_->woken = true;
  shared_->changed.notify_all();
}

}  // namespace holdfast::files
