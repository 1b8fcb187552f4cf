// What a node may have to guard it.
#pragma once

#include <functional>
#include <memory>

#include "model/config.h"
#include "ports/fence.h"
#include "ports/reset.h"
#include "ports/witness.h"

namespace holdfast::runtime {

/// Each may be null: a node without a witness has no quorum of its own to tell, one without the others cannot fence or
/// reset.
struct GuardPorts {
  Witness* witness = nullptr;
  Fence* fence = nullptr;
  Reset* reset = nullptr;
  /// The configuration is another one (O7). Returns the witness of it, or null; a former one is gone, and answers no
  /// more.
  std::function<Witness*(const std::shared_ptr<const ClusterConfig>&)> renew = {};
};

}  // namespace holdfast::runtime
