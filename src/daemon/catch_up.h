// Before the engine starts: another configuration may be in force by now (O7, B8). With a file from before, this node
// would not know nodes that were added meanwhile and stay out of their ring (L9); and a node that was removed would
// start alone what now runs elsewhere.
#pragma once

#include <string>

#include "adapters/sidechannel/config_asking.h"
#include "daemon/options.h"
#include "daemon/setting.h"

namespace holdfast::daemon {

/// The latest of the answers that came from `own` and is what its text says; null if there is none. `why` gets one line
/// of what is wrong with one that is not.
const sidechannel::OpenedAnswer* latest(const ConfigAnswers& answers, const ConfigStamp& own, std::string& why);

struct CaughtUp {
  bool changed = false;  ///< the file is another one now: read it again
  bool removed = false;  ///< this node is not in the configuration in force: it must not start
  std::string text;      ///< one line of what was done or could not be done; empty: nothing to say
};

/// Asks the other nodes, and puts a later configuration in the place of this node's file, which is kept beside it.
/// Blocks for 1 s at most when nobody answers, as a rule for milliseconds. Does nothing where Corosync runs already:
/// then this node hears of it in the sync.
CaughtUp catch_up(const Options& options, const Setting& setting);

}  // namespace holdfast::daemon
