// Quorum by marks on shared storage (G1, `storage`): every node renews its own mark and looks at those of the others.
// A node that is not heard but still renews its mark lives.
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

struct StorageWitnessSettings {
  std::string path;  ///< file (made if it is missing) or block device
  std::string cluster;
  NodeId self;
  std::vector<std::pair<NodeId, std::string>> nodes;  ///< of the whole cluster, with their names
  Millis interval{6000};                              ///< between two renewals
  std::uint64_t life = 0;                             ///< differs between two starts of the daemon
};

/// All calls on the thread that runs the loop; reading and writing are done by a thread of its own, so that storage
/// that hangs stops nobody. Quorate: the own mark was renewed within three intervals. (The others call this node dead
/// after four, so it knows before them.)
class StorageWitness final : public Witness {
 public:
  StorageWitness(boost::asio::io_context& loop, StorageWitnessSettings settings);
  ~StorageWitness() override;

  void ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) override;
  /// Called after every look at the marks that found something new.
  void watch(std::function<void()> changed) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
