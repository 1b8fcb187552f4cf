// Asks the daemon of this node, by HTTP over its unix socket. Thread-safe: every question has a connection of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace holdfast::cli {

enum class Reach : std::uint8_t {
  answered,
  no_daemon,  ///< nobody listens at the socket
  timed_out,
  broken,  ///< the connection ended before the answer did
};

struct Reply {
  Reach reach = Reach::no_daemon;
  unsigned status = 0;  ///< of HTTP, if answered
  std::string body;
  std::string problem;  ///< one line, if not answered
};

class Client {
 public:
  explicit Client(std::string socket) : socket_(std::move(socket)) {}

  Reply get(const std::string& target, Millis limit = Millis{10000}) const;
  Reply post(const std::string& target, const std::string& body, Millis limit) const;

  /// Reads a stream of server-sent events until it ends, or `on_event` (with the event's name) or `go_on` (asked
  /// several times a second) say false.
  Reply listen(const std::string& target, const std::function<bool(std::string_view)>& on_event,
               const std::function<bool()>& go_on) const;

 private:
  std::string socket_;
};

}  // namespace holdfast::cli
