// Who may go on when nodes do not hear each other: what somebody outside of the view says (G1). Real: adapters/witness.
// Simulated: sim/.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"

namespace holdfast {

struct WitnessAnswer {
  bool quorate = false;
  std::set<NodeId> fresh = {};  ///< other nodes that are seen to live without being heard (storage marks)
  std::string text = {};        ///< one line: who answered and who did not

  bool operator==(const WitnessAnswer&) const = default;
};

/// All calls on the runtime's thread.
class Witness {
 public:
  virtual ~Witness() = default;
  /// Asks anew and calls `done` once, later, within a second at the most: what hangs counts as not answering.
  /// `members`: who is in the view, this node included.
  virtual void ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) = 0;
  /// Calls `changed` whenever the answer may have changed by itself; then ask() again.
  virtual void watch(std::function<void()> changed) = 0;
};

}  // namespace holdfast
