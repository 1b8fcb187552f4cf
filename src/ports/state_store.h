// What a node keeps over restarts (E2). Real: adapters/files. Simulated: sim/.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/facts.h"

namespace holdfast {

/// Durable knowledge of one node.
struct DurableState {
  std::uint64_t incarnation = 0;            ///< of the last life of the daemon
  std::string boot;                         ///< the machine's boot id in that life
  std::map<ResourceName, Intent> intents;   ///< as last known (O1)
  std::vector<NodeFacts> others;            ///< the last facts heard of other nodes

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "incarnation", self.incarnation);
    visit(2, "boot", self.boot);
    visit(3, "intents", self.intents);
    visit(4, "others", self.others);
  }
  bool operator==(const DurableState&) const = default;
};

class StateStore {
 public:
  virtual ~StateStore() = default;
  /// None on the first start. An error if the file is damaged; it has been put aside then, and the state comes from the other nodes.
  virtual Result<std::optional<DurableState>> load() = 0;
  /// Whole or not at all, durable when it returns without an error. An error leaves the old state.
  virtual Result<void> save(const DurableState& state) = 0;
};

}  // namespace holdfast
