#include "agents/probe/server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <list>
#include <string_view>

#include "base/format.h"

namespace holdfast::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_clients = 64;      // the oldest gives way
constexpr std::size_t most_bytes = 8192;      // of a request
constexpr std::chrono::seconds most_time{5};  // of a connection
constexpr int accepted_at_once = 64;

/// A connection: reads a request --whole--> answers, says its end --the client's end--> closed. Anything else, and the
/// end of its time, closes it.
class Client {
 public:
  Client(int socket, Clock::time_point now) : socket_(socket), until_(now + most_time) {}

  int socket() const { return socket_.get(); }
  Clock::time_point until() const { return until_; }

  enum class Then : std::uint8_t { keep, close };

  /// Reads what is there.
  Then read(const std::string& page) {
    std::array<char, 2048> buffer{};
    const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Then::keep;
    if (got <= 0) return Then::close;
    read_ += static_cast<std::size_t>(got);
    if (read_ > most_bytes) return Then::close;
    if (answered_) return Then::keep;  // read on, or the kernel would reset the connection, and our answer with it
    text_.append(buffer.data(), static_cast<std::size_t>(got));
    if (!may_become_request()) return Then::close;
    if (text_.find("\r\n\r\n") == std::string::npos && text_.find("\n\n") == std::string::npos) return Then::keep;
    return answer(page);
  }

 private:
  bool may_become_request() const {
    for (const std::string_view start : {std::string_view("GET "), std::string_view("HEAD ")})
      if (std::string_view(text_).substr(0, start.size()) == start.substr(0, std::min(start.size(), text_.size())))
        return true;
    return false;
  }

  Then answer(const std::string& page) {
    const std::string body = text_.starts_with("HEAD ") ? "" : page;
    const std::string whole =
        format("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
               page.size(), body);
    // A fresh socket has room for it.
    if (send(socket_.get(), whole.data(), whole.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(whole.size()))
      return Then::close;
    answered_ = true;
    text_.clear();
    return shutdown(socket_.get(), SHUT_WR) == 0 ? Then::keep : Then::close;
  }

  Descriptor socket_;
  Clock::time_point until_;
  std::size_t read_ = 0;
  std::string text_;
  bool answered_ = false;
};

using Clients = std::list<Client>;  // the oldest first

void accept_some(int listener, Clients& clients) {
  for (int i = 0; i < accepted_at_once; ++i) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    if (clients.size() >= most_clients) clients.pop_front();
    clients.emplace_back(socket, Clock::now());
  }
}

int wait_millis(const Clients& clients) {
  if (clients.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(clients.front().until() - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

void serve(const std::vector<Descriptor>& listeners, const std::string& text) {
  Clients clients;
  std::vector<pollfd> polls;
  for (;;) {
    polls.clear();
    for (const Descriptor& listener : listeners) polls.push_back({listener.get(), POLLIN, 0});
    for (const Client& client : clients) polls.push_back({client.socket(), POLLIN, 0});
    if (::poll(polls.data(), polls.size(), wait_millis(clients)) < 0) continue;
    const auto now = Clock::now();
    std::size_t place = listeners.size();
    for (auto client = clients.begin(); client != clients.end(); ++place) {
      const bool ready = polls[place].revents != 0;
      const bool over = now >= client->until() || (ready && client->read(text) == Client::Then::close);
      client = over ? clients.erase(client) : std::next(client);
    }
    for (std::size_t i = 0; i < listeners.size(); ++i)
      if (polls[i].revents != 0) accept_some(listeners[i].get(), clients);
  }
}

}  // namespace holdfast::agent
