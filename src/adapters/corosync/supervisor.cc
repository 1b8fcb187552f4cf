#include "adapters/corosync/supervisor.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <optional>

#include "adapters/corosync/backoff.h"
#include "adapters/corosync/configuration.h"
#include "adapters/corosync/discovery.h"
#include "adapters/corosync/files.h"
#include "adapters/corosync/log_tail.h"
#include "adapters/corosync/process.h"
#include "base/format.h"

namespace holdfast::corosync {
namespace {

constexpr Millis kPatience{5000};  // a ring of two says goodbye within some 100 ms

using Steady = std::chrono::steady_clock;

Micros since(Steady::time_point start) { return std::chrono::duration_cast<Micros>(Steady::now() - start); }

Error foreign_error(const Found& found) {
  const std::string who = found.foreign_pid ? format(" (process {})", *found.foreign_pid) : "";
  return Error{
      format("another corosync{} runs on this machine, and there can be only one; if nothing else needs it: "
             "systemctl disable --now corosync.service && systemctl mask corosync.service",
             who)};
}

}  // namespace

class Supervisor::Parts : public std::enable_shared_from_this<Supervisor::Parts> {
 public:
  Parts(boost::asio::io_context& loop, SupervisorPaths paths, NoticeSink notice)
      : paths_(std::move(paths)), notice_(std::move(notice)), ended_(loop), again_(loop) {}

  Result<void> start(const std::string& configuration);
  Result<void> stage(const std::string& configuration);
  void renew();
  void stop();
  void abandon();

 private:
  bool runs_as_wanted() const;
  std::optional<Result<void>> take_over_timers(pid_t running);
  Result<void> launch();
  Result<void> watch(pid_t pid);
  void on_end();
  void launch_after(Millis delay);
  void launch_again();
  void tell(NoticeKind kind, Severity severity, std::string text) { notice_({kind, severity, std::move(text)}); }

  SupervisorPaths paths_;
  NoticeSink notice_;
  std::string configuration_;
  std::string key_;
  boost::asio::posix::stream_descriptor ended_;  ///< pidfd of the corosync that is watched
  boost::asio::steady_timer again_;
  pid_t pid_ = 0;
  Steady::time_point started_;
  Backoff backoff_;
  bool wanted_ = false;
};

Result<void> Supervisor::Parts::start(const std::string& configuration) {
  if (access(paths_.program.c_str(), X_OK) != 0)
    return failure(
        format("corosync is not installed ({} cannot be run); install the package corosync", paths_.program));
  Result<std::string> key = read_key(paths_.key_file);
  if (!key) return tl::unexpected(key.error());
  key_ = *std::move(key);
  configuration_ = configuration;
  std::error_code error;
  std::filesystem::create_directories(paths_.run_dir, error);
  const Found found = find_corosync(paths_.configuration_file());
  if (found.foreign) return tl::unexpected(foreign_error(found));
  wanted_ = true;
  if (!found.ours) return launch();
  if (runs_as_wanted()) {
    if (const auto watched = watch(*found.ours); !watched) return launch();  // it ended at this very moment
    tell(NoticeKind::attached, Severity::info, format("corosync (process {}) runs already, attached to it", pid_));
    return {};
  }
  if (const auto taken = take_over_timers(*found.ours)) return *taken;
  tell(NoticeKind::configuration_changed, Severity::notify,
       format("corosync (process {}) runs with another configuration or key and is restarted", *found.ours));
  if (const Descriptor running = open_process(*found.ours)) end_process(running.get(), kPatience);
  remove_shared_memory(*found.ours);
  return launch();
}

/// L6: changed heartbeat settings reach the running corosync; nothing if it has to be restarted.
std::optional<Result<void>> Supervisor::Parts::take_over_timers(pid_t running) {
  const std::string in_use = read_file(paths_.configuration_file()).value_or("");
  if (read_file(paths_.key_in_use()) != key_ || !differ_in_timers_only(in_use, configuration_)) return std::nullopt;
  if (const auto watched = watch(running); !watched) return std::nullopt;
  if (auto written = write_file(paths_.configuration_file(), configuration_, 0644); !written) return written;
  if (const auto reloaded = reload_corosync(); !reloaded) {
    boost::system::error_code ignored;
    ended_.close(ignored);
    return std::nullopt;
  }
  tell(NoticeKind::configuration_changed, Severity::notify,
       format("corosync (process {}) goes on with changed heartbeat settings", pid_));
  return Result<void>{};
}

bool Supervisor::Parts::runs_as_wanted() const {
  return read_file(paths_.configuration_file()) == configuration_ && read_file(paths_.key_in_use()) == key_;
}

Result<void> Supervisor::Parts::launch() {
  if (const auto written = write_file(paths_.key_in_use(), key_, 0600); !written) return written;
  if (const auto written = write_file(paths_.configuration_file(), configuration_, 0644); !written) return written;
  rotate_log(paths_.log_file);
  const Result<pid_t> pid = spawn_corosync(paths_.program, paths_.configuration_file(), paths_.log_file);
  if (!pid) return tl::unexpected(pid.error());
  if (const auto watched = watch(*pid); !watched) return watched;
  tell(NoticeKind::started, Severity::info, format("corosync started (process {})", pid_));
  // For operators and service managers; we ourselves look for the process (find_corosync).
  return write_file(paths_.pid_file(), format("{}\n", pid_), 0644);
}

Result<void> Supervisor::Parts::watch(pid_t pid) {
  Descriptor process = open_process(pid);
  if (!process) return failure(format("corosync (process {}) cannot be watched", pid));
  pid_ = pid;
  started_ = Steady::now();
  boost::system::error_code error;
  ended_.assign(process.get(), error);
  if (error) return failure(format("corosync (process {}) cannot be watched: {}", pid, error.message()));
  process.release();
  ended_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& failed) {
                      if (!failed && self->wanted_) self->on_end();
                    });
  return {};
}

void Supervisor::Parts::on_end() {
  const std::string how = how_it_ended(ended_.native_handle());
  ended_.close();
  remove_shared_memory(pid_);
  tell(NoticeKind::ended, Severity::error,
       format("corosync (process {}) {}; its last words in {}: {}", pid_, how, paths_.log_file,
              last_line(paths_.log_file)));
  launch_after(backoff_.next(since(started_)));
}

void Supervisor::Parts::launch_after(Millis delay) {
  if (delay == Millis{0}) return launch_again();
  again_.expires_after(delay);
  again_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->wanted_) self->launch_again();
  });
}

void Supervisor::Parts::launch_again() {
  const Found found = find_corosync(paths_.configuration_file());
  if (found.ours && watch(*found.ours)) return;  // an operator was quicker
  const Result<void> launched = found.foreign ? Result<void>(tl::unexpected(foreign_error(found))) : launch();
  if (launched) return;
  tell(NoticeKind::cannot_start, Severity::error, launched.error().text);
  launch_after(backoff_.next(Micros{0}));
}

Result<void> Supervisor::Parts::stage(const std::string& configuration) {
  configuration_ = configuration;
  return write_file(paths_.configuration_file(), configuration_, 0644);
}

void Supervisor::Parts::renew() {
  if (!ended_.is_open()) return;  // it is being started again anyway
  tell(NoticeKind::configuration_changed, Severity::notify,
       format("corosync (process {}) is restarted for another configuration", pid_));
  syscall(SYS_pidfd_send_signal, ended_.native_handle(), SIGKILL, nullptr, 0);
}

void Supervisor::Parts::stop() {
  wanted_ = false;
  again_.cancel();
  if (!ended_.is_open()) return;
  end_process(ended_.native_handle(), kPatience);
  ended_.close();
  remove_shared_memory(pid_);
  unlink(paths_.pid_file().c_str());
}

void Supervisor::Parts::abandon() {
  wanted_ = false;
  boost::system::error_code ignored;
  ended_.close(ignored);
  again_.cancel();
}

Supervisor::Supervisor(boost::asio::io_context& loop, SupervisorPaths paths, NoticeSink notice)
    : parts_(std::make_shared<Parts>(loop, std::move(paths), std::move(notice))) {}

Supervisor::~Supervisor() { parts_->abandon(); }

Result<void> Supervisor::start(const std::string& configuration) { return parts_->start(configuration); }

Result<void> Supervisor::stage(const std::string& configuration) { return parts_->stage(configuration); }

void Supervisor::renew() { parts_->renew(); }

void Supervisor::stop() { parts_->stop(); }

}  // namespace holdfast::corosync
