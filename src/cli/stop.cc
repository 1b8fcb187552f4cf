// `holdfast stop` (O4): it is done when the daemon has gone.
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/descriptor.h"
#include "base/format.h"
#include "cli/asking.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr auto look_again = std::chrono::milliseconds(20);
constexpr auto farewell = std::chrono::seconds(10);  ///< so long the daemon may take to go once nothing holds it

/// The process that listens on the socket; none if that cannot be known. It outlives its socket by some milliseconds.
Descriptor process_behind(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  path.copy(address.sun_path, path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ucred peer{};
  socklen_t size = sizeof peer;
  if (!socket || connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return {};
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, peer.pid, 0)));
}

/// The node whose daemon was asked has gone when its process has ended, or nobody answers; another one when it is not
/// online any more. `process`: of the own node's daemon.
bool has_gone(const Client& client, const std::string& node, bool own, const Descriptor& process) {
  if (own && process) {
    pollfd ended{process.get(), POLLIN, 0};
    return poll(&ended, 1, 0) > 0;
  }
  const Reply reply = client.get("/v1/status", Millis{2000});
  if (own) return reply.reach == Reach::no_daemon;
  const Result<api::Status> status = api::parse_status(reply.body);
  if (reply.reach != Reach::answered || !status) return false;
  const api::NodeStatus* found = status->find_node(node);
  return found != nullptr && found->state != api::NodeShown::online;
}

bool wait_until_gone(const Options& options, bool own, const Descriptor& process) {
  const Client client(options.socket);
  const auto limit = std::chrono::steady_clock::now() + farewell;
  while (!has_gone(client, options.node, own, process)) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(look_again);
  }
  return true;
}

}  // namespace

Exit stop(const Options& given, const Console& console) {
  Options options = given;
  const Reply asked = Client(options.socket).get("/v1/version");
  const Result<api::VersionAnswer> daemon = api::parse_version(asked.body);
  if (asked.reach != Reach::answered || asked.status != ok || !daemon) return complain(asked, options, console);
  if (options.node.empty()) options.node = daemon->node;
  const bool own = options.node == daemon->node;
  const Descriptor process = process_behind(options.socket);
  const Reply reply = ask(options, console);
  const Exit exit = conclude(reply, options, console);
  if (exit != Exit::done || options.no_wait || options.dry_run) return exit;
  if (wait_until_gone(options, own, process)) return Exit::done;
  console.complain(format("failed: the daemon of {} has not ended; see: holdfast log", options.node));
  return Exit::failed;
}

}  // namespace holdfast::cli
