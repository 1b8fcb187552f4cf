#include "adapters/watchdog/watchdog_client.h"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast {

namespace {

using boost::system::error_code;
using Steady = std::chrono::steady_clock;

constexpr Millis release_limit{1000};
constexpr Millis between_tries{50};
constexpr Millis reconnect_pause{500};

Descriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

/// In a session of its own, without our files: it outlives us.
Result<void> start_program(const WatchdogSettings& settings) {
  std::string program = settings.program;
  std::string device = settings.device;
  std::string socket = settings.socket;
  const std::array<char*, 4> arguments{program.data(), device.data(), socket.data(), nullptr};
  const std::array<char*, 1> environment{nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int descriptor = 0; descriptor < 3; ++descriptor)
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return failure(format("{}: {}", program, std::strerror(error)));
  return {};
}

/// A whole line, or nothing by then.
std::optional<std::string> read_line(int socket, std::string& heard, Steady::time_point until) {
  while (true) {
    if (const std::size_t end = heard.find('\n'); end != heard.npos) {
      std::string line = heard.substr(0, end);
      heard.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::ceil<Millis>(until - Steady::now()).count();
    pollfd one{socket, POLLIN, 0};
    if (left <= 0 || poll(&one, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    std::array<char, 512> buffer{};
    const ssize_t count = recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    heard.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

class WatchdogClient::State : public std::enable_shared_from_this<WatchdogClient::State> {
 public:
  State(boost::asio::io_context& loop, WatchdogSettings settings, Calls calls)
      : settings_(std::move(settings)), calls_(std::move(calls)), stream_(loop), pause_(loop) {}

  Result<std::string> arm() {
    const auto until = Steady::now() + settings_.arm_limit;
    Descriptor socket = connect_to(settings_.socket);
    const bool found = static_cast<bool>(socket);
    if (!found)
      if (const Result<void> started = start_program(settings_); !started) return tl::unexpected(started.error());
    while (!socket && Steady::now() < until) {
      usleep(static_cast<useconds_t>(std::chrono::microseconds(between_tries).count()));
      socket = connect_to(settings_.socket);
    }
    if (!socket) return silent();
    send_line(socket.get(), format("timeout {}", settings_.timeout.count()));
    std::string name = found ? "as it was left by the daemon before" : "";
    while (const auto line = read_line(socket.get(), heard_, until)) {
      if (line->starts_with("failed ")) return give_up(socket.get(), found, failure(line->substr(7)));
      if (line->starts_with("armed ")) name = line->substr(6);
      if (line->starts_with("ask ") && asked_after_timeout(*line)) {
        stream_.assign(socket.release());
        question_ = *line;
        return name;
      }
    }
    return give_up(socket.get(), found, silent());
  }

  void start() {
    if (!question_.empty()) answer(question_);
    listen();
  }

  void release() {
    if (!stream_.is_open()) return;
    const int socket = stream_.release();
    const Descriptor owned(socket);
    send_line(socket, "release");
    const auto until = Steady::now() + release_limit;
    while (const auto line = read_line(socket, heard_, until))
      if (*line == "released") return;
  }

  void end() {
    ended_ = true;
    pause_.cancel();
    if (stream_.is_open()) stream_.close();
  }

 private:
  tl::unexpected<Error> silent() const {
    return failure(format("{} does not answer at {}", settings_.program, settings_.socket));
  }

  /// What was armed for this daemon alone is let go, or the machine would be reset for nothing, at each try anew. One
  /// that an earlier daemon left guards what still runs here, and the peers rely on it.
  static tl::unexpected<Error> give_up(int socket, bool found, tl::unexpected<Error> error) {
    if (!found) send_line(socket, "release");
    return error;
  }

  /// The first question may have been on its way before the timeout was taken; what failed is told before the second.
  bool asked_after_timeout(const std::string&) { return ++questions_ >= 2; }

  static void send_line(int socket, const std::string& line) {
    const std::string text = line + "\n";
    if (send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;  // seen when it is read
  }

  void listen() {
    stream_.async_read_some(boost::asio::buffer(buffer_),
                            [self = shared_from_this()](const error_code& error, std::size_t count) {
                              if (self->ended_) return;
                              if (error) return self->lost();
                              self->heard_.append(self->buffer_.data(), count);
                              self->hear();
                              self->listen();
                            });
  }

  void hear() {
    for (std::size_t end = heard_.find('\n'); end != heard_.npos; end = heard_.find('\n')) {
      const std::string line = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      if (line.starts_with("failed ")) calls_.failed(line.substr(7));
      if (line.starts_with("armed ")) calls_.armed(line.substr(6));
      if (line.starts_with("ask ")) answer(line);
    }
  }

  void answer(const std::string& question) {
    if (stream_.is_open())
      send_line(stream_.native_handle(), format("{} {}", calls_.may_feed() ? "yes" : "no", question.substr(4)));
  }

  /// The process is gone, and its device counts down: nothing but a process that comes back at once could help.
  void lost() {
    stream_.close();
    heard_.clear();
    calls_.failed("holdfast-watchdog has ended: this machine is reset when its watchdog runs out");
    reconnect();
  }

  void reconnect() {
    pause_.expires_after(reconnect_pause);
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || self->ended_) return;
      self->questions_ = 0;
      if (const auto armed = self->arm_again(); !armed) return self->reconnect();
      self->start();
    });
  }

  Result<std::string> arm_again() {
    Descriptor socket = connect_to(settings_.socket);
    if (!socket) {
      if (const Result<void> started = start_program(settings_); !started) return tl::unexpected(started.error());
      return failure("started");
    }
    send_line(socket.get(), format("timeout {}", settings_.timeout.count()));
    stream_.assign(socket.release());
    question_.clear();
    return std::string{};
  }

  WatchdogSettings settings_;
  Calls calls_;
  boost::asio::posix::stream_descriptor stream_;
  boost::asio::steady_timer pause_;
  std::array<char, 512> buffer_{};
  std::string heard_;
  std::string question_;
  int questions_ = 0;
  bool ended_ = false;
};

WatchdogClient::WatchdogClient(boost::asio::io_context& loop, WatchdogSettings settings, Calls calls)
    : state_(std::make_shared<State>(loop, std::move(settings), std::move(calls))) {}
WatchdogClient::~WatchdogClient() { state_->end(); }
Result<std::string> WatchdogClient::arm() { return state_->arm(); }
void WatchdogClient::start() { state_->start(); }
void WatchdogClient::release() { state_->release(); }

}  // namespace holdfast
