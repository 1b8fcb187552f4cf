#include "watchdog/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

#include "base/format.h"
#include "watchdog/feeder.h"

namespace holdfast::watchdog {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int priority = 20;               // as the daemon's
constexpr std::size_t longest_line = 200;  // of a daemon
constexpr Millis patience{30'000};         // for the first daemon

/// It must run when everything else is late, and be the last to be killed. What is refused is done without.
void take_priority() {
  sched_param parameters{};
  parameters.sched_priority = priority;
  sched_setscheduler(0, SCHED_RR, &parameters);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  std::ofstream("/proc/self/oom_score_adj") << -1000;
}

Result<Descriptor> listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return failure(format("{} is too long for a socket", path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  unlink(path.c_str());
  const mode_t before = umask(0177);  // root's alone: who answers, decides
  const int bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(before);
  if (!socket || bound != 0 || listen(socket.get(), 4) != 0)
    return failure(format("{}: {}", path, std::strerror(errno)));
  return socket;
}

class Server {
 public:
  Server(Descriptor listening, const std::string& device) : listening_(std::move(listening)), device_path_(device) {}

  int run() {
    last_ = Steady::now();
    while (true) {
      const auto left = std::chrono::ceil<Millis>(next() - Steady::now());
      std::array<pollfd, 2> open{{{listening_.get(), POLLIN, 0}, {daemon_ ? daemon_.get() : -1, POLLIN, 0}}};
      const int ready = poll(open.data(), open.size(), static_cast<int>(std::max<std::int64_t>(0, left.count())));
      if (ready < 0 && errno != EINTR) return 1;
      if (ready > 0 && open[1].revents != 0) hear();
      if (ready > 0 && open[0].revents != 0) accept_daemon();
      if (exit_code_) return *exit_code_;
      if (Steady::now() < next()) continue;
      if (!feeder_) return 1;  // nobody came
      feeder_->tick();
      last_ = Steady::now();
    }
  }

 private:
  /// What a daemon has said of its timeout counts from the last question on.
  Steady::time_point next() const { return last_ + (feeder_ ? feeder_->interval() : patience); }

  /// The last one that comes is the daemon: the one before is dead or about to be.
  void accept_daemon() {
    Descriptor next(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!next) return;
    daemon_ = std::move(next);
    heard_.clear();
    if (!feeder_ && !arm()) return;
    feeder_->connected();
    last_ = Steady::now();
  }

  bool arm() {
    Result<KernelDevice> opened = KernelDevice::open(device_path_);
    if (!opened) {
      say("failed " + opened.error().text);
      exit_code_ = 1;
      return false;
    }
    device_.emplace(std::move(*opened));
    feeder_.emplace(*device_, [this](const std::string& line) { say(line); });
    say(format("armed {}", device_->identity()));
    return true;
  }

  void say(const std::string& line) {
    const std::string text = line + "\n";
    if (daemon_ && send(daemon_.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) daemon_.close();
  }

  void hear() {
    std::array<char, 512> buffer{};
    const ssize_t count = recv(daemon_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return daemon_.close();  // asked on, and not fed without an answer
    heard_.append(buffer.data(), static_cast<std::size_t>(count));
    for (std::size_t end = heard_.find('\n'); end != heard_.npos && daemon_; end = heard_.find('\n')) {
      const std::string line = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      if (!feeder_->take(line)) daemon_.close();
      if (feeder_->over()) exit_code_ = 0;
    }
    if (heard_.size() > longest_line) daemon_.close();
  }

  Descriptor listening_;
  std::string device_path_;
  Descriptor daemon_;
  std::string heard_;
  Steady::time_point last_;  ///< when it was asked last, or began to wait for the first daemon
  std::optional<KernelDevice> device_;
  std::optional<Feeder> feeder_;
  std::optional<int> exit_code_;
};

}  // namespace

int serve(const ServerSettings& settings) {
  // A machine that shuts down ends all processes; this one stays, so that a shutdown that hangs ends in a reset.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  Result<Descriptor> listening = listen_at(settings.socket);
  if (!listening) return 1;
  take_priority();  // after it: locking its memory reads all of it
  const int code = Server(std::move(*listening), settings.device).run();
  unlink(settings.socket.c_str());
  return code;
}

}  // namespace holdfast::watchdog
