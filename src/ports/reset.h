// Ends this node at once (F4, G2, B2). Real: adapters/reset. Simulated: sim/.
#pragma once

#include <string>

#include "model/action.h"

namespace holdfast {

class Reset {
 public:
  virtual ~Reset() = default;
  /// Without unmounting or syncing anything: what is written after this call would be written to what is not ours any
  /// more. The error says why it does not work; if it works,
  /// it does not return, or (simulated) returns nothing.
  virtual std::string reset(ResetHow how) = 0;
};

}  // namespace holdfast
