// Quorum by a third machine with corosync-qnetd (G1, `qdevice`). Corosync's votequorum counts, corosync-qdevice asks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/witness/qdevice_child.h"
#include "ports/witness.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

struct QdeviceWitnessSettings {
  witness::QdevicePaths paths = {};
  std::function<void(std::string)> notice;  ///< one line about corosync-qdevice; on the loop's thread
};

/// All calls on the thread that runs the loop. Votequorum is asked by a thread of its own, because corosync's calls may
/// never return. A change of the ring is told by corosync after its votes are counted, so an answer that is asked for
/// in a view is one for that view.
class QdeviceWitness final : public Witness {
 public:
  QdeviceWitness(boost::asio::io_context& loop, QdeviceWitnessSettings settings);
  ~QdeviceWitness() override;

  void ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) override;
  void watch(std::function<void()> changed) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
