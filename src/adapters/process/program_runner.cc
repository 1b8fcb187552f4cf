#include "adapters/process/program_runner.h"

#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>

#include "adapters/process/operation_group.h"
#include "adapters/process/spawn.h"

namespace holdfast {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int read_rounds = 8;
constexpr int last_rounds = 64;  // a pipe holds 64 KiB as a rule, at most 1 MiB

/// One program from its start to its end:
///   runs --time over or cancelled--> TERM --grace--> KILL --give up--> reported although it lives
///     \--------------- pidfd readable: reaped, its output read, reported once ------------------/
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(asio::io_context& loop, const Spawned& spawned, std::shared_ptr<OperationGroup> group, const RunnerLimits& limits,
      ProgramRunner::Done done)
      : pid_(spawned.pid),
        group_(std::move(group)),
        process_(loop, spawned.process),
        output_(loop, spawned.output),
        timer_(loop),
        limits_(limits),
        done_(std::move(done)) {
    output_.non_blocking(true);  // else read_some() would wait for a child that holds the pipe
  }

  void begin(Millis limit) {
    wait_for_end();
    read_more();
    after(limit, [this] { end(RunOutcome::timed_out); });
  }

  /// TERM to the whole group, later KILL.
  void end(RunOutcome why) {
    if (forced_) return;
    forced_ = why;
    kill(-pid_, SIGTERM);
    after(limits_.grace, [this] { kill_now(); });
  }

  /// The runner is being destroyed: no report.
  void abandon() {
    done_ = nullptr;
    if (!reaped_) kill_whole();
    close_all();
  }

 private:
  void after(Millis delay, std::function<void()> call) {
    timer_.expires_after(delay);
    timer_.async_wait([self = shared_from_this(), call = std::move(call)](error_code error) {
      if (!error) call();
    });
  }

  void wait_for_end() {
    process_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
      if (!error) self->reap();
    });
  }

  /// Waits, then reads by itself: an asynchronous read would hold bytes that reap() could not see yet.
  void read_more() {
    output_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
      if (!error && self->read_some(read_rounds) == Pipe::open) self->read_more();
    });
  }

  enum class Pipe : std::uint8_t { open, ended };

  /// What the pipe holds already, at most `rounds` buffers of it, so that a talkative program does not hold up the
  /// loop.
  Pipe read_some(int rounds) {
    for (; rounds > 0; --rounds) {
      error_code error;
      const std::size_t size = output_.read_some(asio::buffer(buffer_), error);
      if (error == asio::error::would_block) return Pipe::open;
      if (error || size == 0) return Pipe::ended;
      text_.append(buffer_.data(), size);
      if (text_.size() > 2 * limits_.output) text_.erase(0, text_.size() - limits_.output);
    }
    return Pipe::open;
  }

  /// The process group, and who left it.
  void kill_whole() {
    kill(-pid_, SIGKILL);
    if (group_) group_->kill_all();
  }

  void kill_now() {
    kill_whole();
    after(limits_.give_up, [this] {
      text_ += "\n(does not end, not even by SIGKILL)";
      report(*forced_, -1);  // the pidfd goes on waiting, to reap it one day
    });
  }

  void reap() {
    // Asio may report a descriptor ready that is not: an event of its predecessor of the same number, closed meanwhile
    // in the same round. Never wait here.
    if (!is_readable(process_.native_handle())) return wait_for_end();
    // Before the leader is reaped nobody else can have its number. On timeout the group goes whole; after an orderly
    // end what it left behind is its service.
    if (forced_) kill_whole();
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    // Not up to its end: a child left behind may keep the pipe open for ever (K11).
    read_some(last_rounds);
    if (forced_)
      report(*forced_, -1);
    else if (WIFSIGNALED(status))
      report(RunOutcome::signalled, WTERMSIG(status));
    else
      report(RunOutcome::exited, WEXITSTATUS(status));
  }

  void report(RunOutcome outcome, int code) {
    if (reaped_) close_all();
    timer_.cancel();
    if (!done_) return;
    if (text_.size() > limits_.output) text_.erase(0, text_.size() - limits_.output);
    const ProgramRunner::Done done = std::exchange(done_, nullptr);
    done(RunResult{outcome, code, std::move(text_)});
  }

  void close_all() {
    error_code ignored;
    process_.close(ignored);
    output_.close(ignored);
    timer_.cancel();
  }

  pid_t pid_;
  std::shared_ptr<OperationGroup> group_;
  asio::posix::stream_descriptor process_;
  asio::posix::stream_descriptor output_;
  asio::steady_timer timer_;
  RunnerLimits limits_;
  ProgramRunner::Done done_;
  std::optional<RunOutcome> forced_;
  bool reaped_ = false;
  std::string text_;
  std::array<char, 8192> buffer_{};
};

}  // namespace

class ProgramRunner::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& loop, RunnerLimits limits) : loop_(loop), limits_(limits) {
    if (limits_.cgroups) groups_.emplace();
  }

  RunId run(Command command, Millis limit, Done done, Started started) {
    const RunId id{++last_};
    queue_.push_back({id, std::move(command), limit, std::move(done), std::move(started)});
    start_some();
    return id;
  }

  void cancel(RunId id) {
    if (const auto found = runs_.find(id); found != runs_.end()) {
      found->second->end(RunOutcome::cancelled);
      return;
    }
    for (auto waiting = queue_.begin(); waiting != queue_.end(); ++waiting) {
      if (waiting->id != id) continue;
      report_later(std::move(waiting->done), RunResult{RunOutcome::cancelled, -1, {}});
      queue_.erase(waiting);
      return;
    }
  }

  void stop() {
    stopped_ = true;
    queue_.clear();
    for (auto& [id, run] : runs_) run->abandon();
    runs_.clear();
  }

  std::size_t running() const { return runs_.size(); }

 private:
  struct Waiting {
    RunId id;
    Command command;
    Millis limit;
    Done done;
    Started started;
  };

  void start_some() {
    while (runs_.size() < limits_.parallel && !queue_.empty()) {
      Waiting next = std::move(queue_.front());
      queue_.pop_front();
      start(std::move(next));
    }
  }

  void start(Waiting next) {
    std::shared_ptr<OperationGroup> group = groups_ ? groups_->make() : nullptr;
    auto spawned = spawn(next.command, group ? group->descriptor() : -1);
    if (!spawned) {
      report_later(std::move(next.done), RunResult{RunOutcome::not_run, -1, spawned.error().text});
      return;
    }
    const auto ended = [self = shared_from_this(), id = next.id, done = std::move(next.done)](RunResult result) {
      if (self->stopped_) return;
      self->runs_.erase(id);
      self->start_some();
      done(std::move(result));
    };
    if (next.started) next.started(spawned->pid);
    auto run = std::make_shared<Run>(loop_, *spawned, std::move(group), limits_, ended);
    runs_.emplace(next.id, run);
    run->begin(next.limit);
  }

  void report_later(Done done, RunResult result) {
    asio::post(loop_, [self = shared_from_this(), done = std::move(done), result = std::move(result)]() mutable {
      if (!self->stopped_) done(std::move(result));
    });
  }

  asio::io_context& loop_;
  RunnerLimits limits_;
  std::optional<OperationGroups> groups_;
  std::uint64_t last_ = 0;
  std::deque<Waiting> queue_;
  std::map<RunId, std::shared_ptr<Run>> runs_;
  bool stopped_ = false;
};

ProgramRunner::ProgramRunner(asio::io_context& loop, RunnerLimits limits)
    : state_(std::make_shared<State>(loop, limits)) {}
ProgramRunner::~ProgramRunner() { state_->stop(); }
RunId ProgramRunner::run(Command command, Millis limit, Done done, Started started) {
  return state_->run(std::move(command), limit, std::move(done), std::move(started));
}
void ProgramRunner::cancel(RunId id) { state_->cancel(id); }
std::size_t ProgramRunner::running() const { return state_->running(); }

RunResult run_and_wait(Command command, Millis limit) {
  asio::io_context loop;
  ProgramRunner runner{loop};
  RunResult out;
  runner.run(std::move(command), limit, [&](RunResult result) {
    out = std::move(result);
    loop.stop();
  });
  loop.run();
  return out;
}

}  // namespace holdfast
