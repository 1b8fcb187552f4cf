#include "network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "program.h"

namespace holdfast::test {
namespace {

int current_network() { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

void check(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what + ": " + std::strerror(errno) + " (these tests need root)");
}

int new_network() {
  check(unshare(CLONE_NEWNET) == 0, "network namespace");
  return current_network();
}

void quiet(const std::string& line) {
  const std::string said = shell(line + " 2>&1");
  if (!said.empty()) throw std::runtime_error(line + ": " + said);
}

}  // namespace

Network::Network() {
  outside_ = current_network();
  there_ = new_network();
  here_ = new_network();
  quiet("ip link add here0 type veth peer name there0 netns /proc/" + std::to_string(getpid()) + "/fd/" +
        std::to_string(there_));
  quiet("ip link set lo up && ip link set here0 up && ip addr add 10.9.0.1/24 dev here0");
  check(setns(outside_, CLONE_NEWNET) == 0, "setns");
  there([this] {
    quiet("ip link set lo up && ip link set there0 up && ip addr add 10.9.0.2/24 dev there0");
    const std::string line = shell("ip -o link show there0");
    const std::size_t at = line.find("link/ether ");
    there_mac_ = line.substr(at + 11, 17);
  });
}

Network::~Network() {
  for (int network : {outside_, here_, there_}) close(network);
}

void Network::inside(int network, const std::function<void()>& call) const {
  check(setns(network, CLONE_NEWNET) == 0, "setns");
  call();
  check(setns(outside_, CLONE_NEWNET) == 0, "setns");
}

Listener::Listener(const std::string& interface, int protocol) {
  socket_ = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(static_cast<std::uint16_t>(protocol));
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  check(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "listener");
}

Listener::~Listener() { close(socket_); }

std::vector<std::string> Listener::collect(const std::function<bool(const std::string&)>& wanted, std::size_t count,
                                           int millis) const {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(millis);
  std::vector<std::string> out;
  std::array<char, 2048> buffer{};
  while (out.size() < count) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd poll{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&poll, 1, static_cast<int>(left)) <= 0) break;
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const ssize_t got = recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (got <= 0 || from.sll_pkttype == PACKET_OUTGOING) continue;
    std::string packet(buffer.data(), static_cast<std::size_t>(got));
    if (wanted(packet)) out.push_back(std::move(packet));
  }
  return out;
}

}  // namespace holdfast::test
