// Two network namespaces joined by a veth pair: "here" with interface here0, "there" with interface there0. They have
// no names and vanish with the test's process, however it ends.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace holdfast::test {

class Network {
 public:
  /// Throws std::runtime_error with the reason if it cannot be made, for example without root.
  Network();
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Runs `call` on this thread with "here" or "there" as its network; programs that it starts are there too.
  void here(const std::function<void()>& call) const { inside(here_, call); }
  void there(const std::function<void()>& call) const { inside(there_, call); }

  const std::string& there_mac() const { return there_mac_; }

 private:
  void inside(int network, const std::function<void()>& call) const;

  int outside_ = -1;
  int here_ = -1;
  int there_ = -1;
  std::string there_mac_;
};

/// What a packet socket on `interface` hears of one protocol, below the Ethernet header.
class Listener {
 public:
  /// Opened in the network of the calling thread. `protocol` as ETH_P_ARP.
  Listener(const std::string& interface, int protocol);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// All packets that `wanted` accepts, until there are `count` of them or `millis` have gone by.
  std::vector<std::string> collect(const std::function<bool(const std::string&)>& wanted, std::size_t count,
                                   int millis) const;

 private:
  int socket_ = -1;
};

}  // namespace holdfast::test
