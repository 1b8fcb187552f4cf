// Pings an IPv4 address at a steady pace and prints when it did not answer (outage.h says how).
//
//   pingclient ADDRESS INTERFACE [PERIOD_MS [GAP_MS]]        defaults: 1, 5
//
// Who answered is the hardware address that the reply came from. The kernel of the node answers, so this measures
// the address alone: no server is needed, and a frozen node answers, too.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "outage.h"

namespace {

struct Reply {
  ether_header ethernet;
  iphdr ip;
  icmphdr icmp;
} __attribute__((packed));

std::uint16_t checksum(const icmphdr& header) {
  std::uint16_t words[sizeof header / 2];
  std::memcpy(words, &header, sizeof header);
  std::uint32_t sum = 0;
  for (const std::uint16_t word : words) sum += word;
  sum = (sum >> 16) + (sum & 0xffff);
  return static_cast<std::uint16_t>(~(sum + (sum >> 16)));
}

class PingClient {
 public:
  PingClient(const in_addr& address, unsigned interface, std::int64_t period, std::int64_t gap)
      : outage_(gap), identifier_(static_cast<std::uint16_t>(getpid())) {
    target_.sin_family = AF_INET;
    target_.sin_addr = address;
    sender_ = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
    receiver_ = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
    sockaddr_ll bound{};
    bound.sll_family = AF_PACKET;
    bound.sll_protocol = htons(ETH_P_IP);
    bound.sll_ifindex = static_cast<int>(interface);
    ready_ = sender_ >= 0 && receiver_ >= 0 && bind(receiver_, reinterpret_cast<sockaddr*>(&bound), sizeof bound) == 0;
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const itimerspec pace{{period / 1'000'000'000, period % 1'000'000'000}, {0, 1'000'000}};
    timerfd_settime(timer_, 0, &pace, nullptr);
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    signals_ = signalfd(-1, &ending, SFD_CLOEXEC);
  }

  [[nodiscard]] bool ready() const { return ready_; }

  void run() {
    pollfd watched[] = {{timer_, POLLIN, 0}, {receiver_, POLLIN, 0}, {signals_, POLLIN, 0}};
    for (;;) {
      if (poll(watched, 3, -1) < 0) continue;
      if (watched[2].revents != 0) return outage_.end();
      if (watched[1].revents != 0) receive();
      if (watched[0].revents != 0) ask();
    }
  }

 private:
  void ask() {
    std::uint64_t missed;
    if (read(timer_, &missed, sizeof missed) < 0) return;
    icmphdr header{};
    header.type = ICMP_ECHO;
    header.un.echo.id = identifier_;
    header.un.echo.sequence = htons(sequence_++);
    header.checksum = checksum(header);
    // A failed send (no neighbour known) is a question without an answer.
    if (sendto(sender_, &header, sizeof header, 0, reinterpret_cast<sockaddr*>(&target_), sizeof target_) < 0) {
    }
    outage_.sent();
    char own_copy[256];
    while (recv(sender_, own_copy, sizeof own_copy, 0) > 0) {  // replies are read from the packet socket
    }
  }

  void receive() {
    Reply reply;
    for (ssize_t length; (length = recv(receiver_, &reply, sizeof reply, 0)) >= 0;) {
      if (length < static_cast<ssize_t>(sizeof reply) || reply.ip.protocol != IPPROTO_ICMP ||
          reply.ip.saddr != target_.sin_addr.s_addr || reply.icmp.type != ICMP_ECHOREPLY ||
          reply.icmp.un.echo.id != identifier_)
        continue;
      const std::uint8_t* mac = reply.ethernet.ether_shost;
      char who[18];
      std::snprintf(who, sizeof who, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
      outage_.answered(bed::now_ns(), who);
    }
  }

  bed::Outage outage_;
  std::uint16_t identifier_;
  std::uint16_t sequence_ = 0;
  sockaddr_in target_{};
  int sender_;
  int receiver_;
  int timer_;
  int signals_;
  bool ready_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  in_addr address{};
  const unsigned interface = argc > 2 ? if_nametoindex(argv[2]) : 0;
  if (argc < 3 || inet_pton(AF_INET, argv[1], &address) != 1 || interface == 0) {
    std::fprintf(stderr, "usage: pingclient ADDRESS INTERFACE [PERIOD_MS [GAP_MS]]\n");
    return 2;
  }
  const auto milliseconds = [&](int index, double otherwise) {
    return static_cast<std::int64_t>((argc > index ? std::atof(argv[index]) : otherwise) * 1e6);
  };
  const sched_param priority{1};
  sched_setscheduler(0, SCHED_FIFO, &priority);
  PingClient client(address, interface, milliseconds(3, 1), milliseconds(4, 5));
  if (!client.ready()) {
    std::perror("pingclient");
    return 1;
  }
  client.run();
}
