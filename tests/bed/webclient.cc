// Asks a web server at a steady pace and prints when it did not answer (outage.h says how).
//
//   webclient ADDRESS PORT [PERIOD_MS [GAP_MS [TIMEOUT_MS]]]        defaults: 10, 50, 1000
//
// Every request is a connection of its own: it never waits for an older one, and is given up after TIMEOUT_MS.
// An answer counts when its status is 200; who answered is the word after "Served by " in it. Runs with a small
// real-time priority where it may, so that a busy machine does not show as an outage of the service.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <string>

#include "outage.h"

namespace {

constexpr std::size_t kLargestAnswer = 65536;

struct Request {
  std::int64_t deadline;
  bool asked = false;
  std::string answer;
};

class WebClient {
 public:
  WebClient(const sockaddr_in& server, std::int64_t period, std::int64_t gap, std::int64_t timeout)
      : server_(server), timeout_(timeout), outage_(gap) {
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &server_.sin_addr, text, sizeof text);
    question_ = std::string("GET / HTTP/1.0\r\nHost: ") + text + "\r\n\r\n";
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    const itimerspec pace{{period / 1'000'000'000, period % 1'000'000'000}, {0, 1'000'000}};
    timerfd_settime(timer_, 0, &pace, nullptr);
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    sigprocmask(SIG_BLOCK, &ending, nullptr);
    signals_ = signalfd(-1, &ending, SFD_CLOEXEC);
    watch(timer_, EPOLLIN);
    watch(signals_, EPOLLIN);
  }

  void run() {
    for (;;) {
      epoll_event events[64];
      const int count = epoll_wait(epoll_, events, 64, -1);
      for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == signals_) return outage_.end();
        if (events[i].data.fd == timer_) {
          tick();
        } else {
          progress(events[i].data.fd, events[i].events);
        }
      }
    }
  }

 private:
  void watch(int descriptor, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void tick() {
    std::uint64_t missed;
    if (read(timer_, &missed, sizeof missed) < 0) return;
    const std::int64_t time = bed::now_ns();
    while (!order_.empty() && order_.begin()->first <= time) finish(order_.begin()->second);
    ask(time);
  }

  void ask(std::int64_t time) {
    outage_.sent();
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return;
    const linger at_once{1, 0};  // no TIME_WAIT: 100 connections a second for hours
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&server_), sizeof server_) < 0 && errno != EINPROGRESS) {
      close(descriptor);
      return;
    }
    std::int64_t deadline = time + timeout_;
    while (order_.contains(deadline)) ++deadline;
    order_.emplace(deadline, descriptor);
    requests_[descriptor] = {deadline, false, {}};
    watch(descriptor, EPOLLOUT);
  }

  void progress(int descriptor, std::uint32_t events) {
    const auto found = requests_.find(descriptor);
    if (found == requests_.end()) return;
    Request& request = found->second;
    if (!request.asked) {
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) return finish(descriptor);
      if (send(descriptor, question_.data(), question_.size(), MSG_NOSIGNAL) < 0) return finish(descriptor);
      request.asked = true;
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = descriptor;
      epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
      return;
    }
    char buffer[4096];
    const ssize_t length = recv(descriptor, buffer, sizeof buffer, 0);
    if (length > 0 && request.answer.size() < kLargestAnswer) {
      request.answer.append(buffer, static_cast<std::size_t>(length));
      return;
    }
    if (length == 0) judge(request.answer);
    finish(descriptor);
  }

  void judge(const std::string& answer) {
    if (answer.find(" 200 ") != answer.find(' ')) return;
    static const std::string mark = "Served by ";
    const auto found = answer.find(mark);
    std::string who = "unknown";
    if (found != std::string::npos) {
      const auto begin = found + mark.size();
      who = answer.substr(begin, answer.find_first_of(" .<\r\n", begin) - begin);
    }
    outage_.answered(bed::now_ns(), who);
  }

  void finish(int descriptor) {
    order_.erase(requests_[descriptor].deadline);
    requests_.erase(descriptor);
    close(descriptor);
  }

  sockaddr_in server_;
  std::int64_t timeout_;
  bed::Outage outage_;
  std::string question_;
  int epoll_;
  int timer_;
  int signals_;
  std::map<int, Request> requests_;
  std::map<std::int64_t, int> order_;  // deadline -> descriptor
};

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  if (argc < 3 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
    std::fprintf(stderr, "usage: webclient ADDRESS PORT [PERIOD_MS [GAP_MS [TIMEOUT_MS]]]\n");
    return 2;
  }
  server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
  const auto milliseconds = [&](int index, double otherwise) {
    return static_cast<std::int64_t>((argc > index ? std::atof(argv[index]) : otherwise) * 1e6);
  };
  const sched_param priority{1};
  sched_setscheduler(0, SCHED_FIFO, &priority);
  WebClient(server, milliseconds(3, 10), milliseconds(4, 50), milliseconds(5, 1000)).run();
}
