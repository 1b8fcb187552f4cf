// What a node may have to guard it.
#pragma once

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
};

}  // namespace holdfast::runtime
