// What a node keeps over restarts.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/intent.h"

namespace holdfast {

/// Durable knowledge of one node.
struct DurableState {
  std::uint64_t incarnation = 0;           ///< of the last life of the daemon
  std::string boot;                        ///< the machine's boot id in that life
  std::map<ResourceName, Intent> intents;  ///< by hierarchy, as last known (O1)
  std::vector<NodeFacts> others;           ///< the last facts heard of other nodes
  Switches switches = {};                  ///< what operators switched (O5)
  ConfigStamp stamp = {};                  ///< of the configuration file (V9)
  std::vector<FenceRecord> fenced = {};    ///< within the last `fence_window` (G5)
  std::set<ResourceName> left_here = {};   ///< may run here, though taken from this node's list by others (O7, B8)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "incarnation", self.incarnation);
    visit(2, "boot", self.boot);
    visit(6, "intents", self.intents);
    visit(4, "others", self.others);
    visit(5, "switches", self.switches);
    visit(7, "stamp", self.stamp);
    visit(8, "fenced", self.fenced);
    visit(9, "left_here", self.left_here);
  }
  bool operator==(const DurableState&) const = default;
};

}  // namespace holdfast
