// What an operator edits in a configuration file, as the difference of two: so that the same edit can be done to the
// file of any node, also where the two sides of a split have different ones (B8).
#pragma once

#include <memory>
#include <string>

#include "base/ids.h"
#include "model/config.h"
#include "model/facts.h"

namespace holdfast::sim {

struct ConfigPatch {
  ClusterConfig before;
  ClusterConfig after;
};

/// `config` with everything as in `patch.after` that differs between `patch.before` and it.
ClusterConfig patched(ClusterConfig config, const ConfigPatch& patch);

/// An operator's `holdfast apply` (V9).
struct ConfigOrder {
  ConfigPatch patch;
  NodeId at;  ///< whose daemon is asked; 0: the first that answers
  Force force = Force::no;
  bool whole = false;  ///< the file as it is now, with all edits that were refused before, and not only the last edit
  bool stale = false;  ///< planned against the configuration before the last one
};

}  // namespace holdfast::sim
