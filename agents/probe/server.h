// The process that answers a load balancer (K9): one thread, never waiting for a client, everything bounded. Whatever a
// client sends or leaves out costs it its own connection and nothing else (E3).
#pragma once

#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace holdfast::agent {

/// Where it listens; an empty `address`: all of this node's, IPv4 and IPv6.
struct Endpoint {
  std::string address;
  int port = 0;
};

enum class Absent : std::uint8_t {
  refused,  ///< an address that this node does not have now is an error
  allowed,  ///< it may come later: only the port is in question
};

/// Listening sockets, not blocking. Error: in use, or not possible here; one line.
Result<std::vector<Descriptor>> listen_on(const Endpoint& endpoint, Absent absent);

/// Answers until it is killed: an HTTP GET or HEAD gets "200 OK" with `text`, anything else is closed.
[[noreturn]] void serve(const std::vector<Descriptor>& listeners, const std::string& text);

/// Connects to every address of `endpoint` and asks. Error: no 200 within `limit`.
Result<void> ask(const Endpoint& endpoint, int limit_millis);

}  // namespace holdfast::agent
