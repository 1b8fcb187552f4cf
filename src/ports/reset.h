// Ends this node at once (F4, G2, B2). Real: adapters/reset. Simulated: sim/.
#pragma once

#include <string>

#include "model/action.h"

namespace holdfast {

class Reset {
 public:
  virtual ~Reset() = default;
  /// Without unmounting or syncing anything: what is written after this call would be written to what is not ours any
  /// more. Does not return if it works; the error says why it does not.
  virtual std::string reset(ResetHow how) = 0;
};

}  // namespace holdfast
