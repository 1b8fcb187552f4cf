// What a node keeps over restarts (E2). Real: adapters/files. Simulated: sim/.
#pragma once

#include <optional>

#include "base/result.h"
#include "model/durable.h"

namespace holdfast {

class StateStore {
 public:
  virtual ~StateStore() = default;
  /// None on the first start. An error if the file is damaged; it has been put aside then, and the state comes from the
  /// other nodes.
  virtual Result<std::optional<DurableState>> load() = 0;
  /// Whole or not at all, durable when it returns without an error. An error leaves the old state.
  virtual Result<void> save(const DurableState& state) = 0;
};

}  // namespace holdfast
