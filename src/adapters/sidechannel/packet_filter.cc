#include "adapters/sidechannel/packet_filter.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/format.h"

namespace holdfast::sidechannel {

namespace {

constexpr Micros retry = Millis{2'000};
constexpr int last_patience_millis = 2'000;

/// A file in memory with this text, to be read from its beginning.
Descriptor file_of(const std::string& text) {
  Descriptor file(memfd_create("holdfast-nft", MFD_CLOEXEC));
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return Descriptor{};
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// posix_spawn's two parameter blocks, freed together.
struct SpawnSettings {
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t files{};
  SpawnSettings(int input, int output) {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // Engines that form ring after ring leave nothing for programs of ordinary priority; this one ends it.
    sched_param parameters{};
    parameters.sched_priority = sched_get_priority_max(SCHED_RR);
    if (geteuid() == 0) {
      posix_spawnattr_setschedpolicy(&attributes, SCHED_RR);
      posix_spawnattr_setschedparam(&attributes, &parameters);
      flags |= POSIX_SPAWN_SETSCHEDULER;
    }
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

std::string first_line_of(int pipe) {
  std::array<char, 512> bytes{};
  const ssize_t size = read(pipe, bytes.data(), bytes.size());
  std::string text(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string filter_rules(const ClusterConfig& config, const std::vector<NodeId>& out) {
  // A table is made before it is removed: so its removal succeeds, whether it was there or not.
  std::string text = "table inet holdfast\ndelete table inet holdfast\n";
  if (out.empty()) return text;
  const std::size_t links = config.nodes.front().links.size();
  const std::string ports = format("udp dport {}-{}", config.port, config.port + links - 1);
  std::string from;
  std::string to;
  for (const NodeId node : out)
    for (const std::string& address : config.node(node)->links) {
      const char* family = address.find(':') == std::string::npos ? "ip" : "ip6";
      from += format("    {} saddr {} {} drop\n", family, address, ports);
      to += format("    {} daddr {} {} drop\n", family, address, ports);
    }
  return text + format(
                    "table inet holdfast {{\n  chain in {{\n    type filter hook input priority -200; policy accept;\n"
                    "{}  }}\n  chain out {{\n    type filter hook output priority -200; policy accept;\n{}  }}\n}}\n",
                    from, to);
}

PacketFilter::~PacketFilter() {
  const auto wait = [this] {
    if (!process_) return;
    pollfd ended{process_.get(), POLLIN, 0};
    if (poll(&ended, 1, last_patience_millis) <= 0) kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    process_.close();
  };
  wait();
  if (done_ && done_->empty() && running_for_.empty()) return;
  wanted_.clear();
  if (run()) wait();
}

void PacketFilter::set(std::vector<NodeId> out) { wanted_ = std::move(out); }

Result<void> PacketFilter::step(Instant now) {
  if (process_) {
    pollfd ended{process_.get(), POLLIN, 0};
    if (poll(&ended, 1, 0) <= 0) return {};
    if (const Result<void> finished = finish(); !finished) {
      again_at_ = now + retry;
      return finished;
    }
  }
  if (done_ == wanted_ || (again_at_ && now < *again_at_)) return {};
  again_at_.reset();
  Result<void> started = run();
  if (!started) again_at_ = now + retry;
  return started;
}

Result<void> PacketFilter::run() {
  const Descriptor input = file_of(filter_rules(config_, wanted_));
  int ends[2];
  if (!input || pipe2(ends, O_CLOEXEC) != 0) return failure(format("nft cannot be run: {}", std::strerror(errno)));
  output_ = Descriptor(ends[0]);
  fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  const Descriptor write_end(ends[1]);
  const SpawnSettings settings(input.get(), write_end.get());
  std::string arguments[] = {"nft", "-f", "-"};
  char* argument_list[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path.data(), nullptr};
  running_for_ = wanted_;
  done_.reset();
  if (const int error =
          posix_spawn(&pid_, program_.c_str(), &settings.files, &settings.attributes, argument_list, environment))
    return failure(format("{} cannot be run: {}", program_, std::strerror(error)));
  process_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  return {};
}

Result<void> PacketFilter::finish() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  process_.close();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    done_ = running_for_;
    return {};
  }
  return failure(format("nft failed: {}", first_line_of(output_.get())));
}

}  // namespace holdfast::sidechannel
