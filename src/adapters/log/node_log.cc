#include "adapters/log/node_log.h"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "adapters/log/journal.h"
#include "adapters/log/log_file.h"
#include "adapters/log/v1_line.h"
#include "base/format.h"

namespace holdfast::logging {

namespace {

constexpr Millis last_patience{2000};

struct Waiting {
  std::string line;
  JournalEntry entry;
};

WallTime wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{std::chrono::duration_cast<Millis>(now).count()};
}

void complain(const std::string& text) { std::fprintf(stderr, "holdfastd: %s\n", text.c_str()); }

}  // namespace

/// Shared with the writing thread, which may outlive the log if the disk hangs.
struct NodeLog::Queue {
  std::mutex mutex;
  std::condition_variable more;
  std::condition_variable written;
  std::deque<Waiting> lines;
  std::uint64_t dropped = 0;  ///< lines for which there was no room
  bool busy = false;          ///< the thread is writing lines that it took
  bool sync = false;          ///< somebody waits until they are on the disk
  bool closed = false;

  /// The thread: takes all lines that wait, writes them without the lock.
  void write_until_closed(const std::filesystem::path& path) {
    LogFile file(path, complain);
    std::unique_lock lock(mutex);
    while (true) {
      more.wait(lock, [this] { return closed || sync || !lines.empty(); });
      if (lines.empty() && !sync) return;
      std::deque<Waiting> taken;
      taken.swap(lines);
      const std::uint64_t missing = std::exchange(dropped, 0);
      const bool and_sync = std::exchange(sync, false);
      busy = true;
      lock.unlock();
      for (const Waiting& each : taken) {
        file.append(each.line);
        send_to_journal(each.entry);
      }
      if (and_sync) file.sync();
      if (missing != 0) complain(format("the log's disk is too slow; {} lines were lost", missing));
      lock.lock();
      busy = false;
      written.notify_all();
    }
  }
};

NodeLog::NodeLog(NodeLogSettings settings) : queue_(std::make_shared<Queue>()), settings_(std::move(settings)) {
  // No signal shall be delivered to the thread: the daemon's loop takes them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([queue = queue_, file = settings_.file] { queue->write_until_closed(file); }).detach();
  } catch (const std::system_error& error) {
    complain(format("no thread for the log: {}; going on without it", error.what()));
    settings_.queue = 0;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

NodeLog::~NodeLog() {
  flush(last_patience);
  const std::lock_guard lock(queue_->mutex);
  queue_->closed = true;
  queue_->more.notify_one();
}

void NodeLog::write(const LogLine& line) {
  const std::string message = v1_message(line);
  std::string whole = v1_line({settings_.node, settings_.program, ::getpid()}, wall_now(), message);
  if (settings_.also) settings_.also(whole);
  const std::lock_guard lock(queue_->mutex);
  if (queue_->lines.size() >= settings_.queue) {
    ++queue_->dropped;
    return;
  }
  queue_->lines.push_back(
      {std::move(whole),
       {message, line.severity, settings_.program, settings_.node, line.module, line.resource.value, line.message}});
  queue_->more.notify_one();
}

bool NodeLog::flush(Millis patience) {
  std::unique_lock lock(queue_->mutex);
  return queue_->written.wait_for(lock, patience,
                                  [this] { return queue_->lines.empty() && !queue_->busy && !queue_->sync; });
}

bool NodeLog::keep(Millis patience) {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->sync = true;
    queue_->more.notify_one();
  }
  return flush(patience);
}

}  // namespace holdfast::logging
