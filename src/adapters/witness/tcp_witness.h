// Quorum by asking around (G1, `tcp`): this side may go on if more than half of a list of ports accept a connection.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "ports/witness.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

struct TcpEndpoint {
  std::string host;  ///< an IPv4 or IPv6 address, or a name
  std::uint16_t port = 0;
};

struct TcpWitnessSettings {
  std::vector<TcpEndpoint> endpoints;
  Millis limit{500};             ///< for all of them together: they are asked side by side
  Millis resolve_every{60'000};  ///< names are looked up again on a thread of their own
};

/// All calls on the thread that runs the loop.
class TcpWitness final : public Witness {
 public:
  TcpWitness(boost::asio::io_context& loop, TcpWitnessSettings settings);
  ~TcpWitness() override;

  void ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) override;
  /// Called when names were looked up for the first time.
  void watch(std::function<void()> changed) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
