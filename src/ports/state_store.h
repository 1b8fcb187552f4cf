// What a node keeps over restarts (E2). Real: adapters/files. Simulated: sim/.
#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "model/durable.h"

namespace holdfast {

class StateStore {
 public:
  using Saved = std::function<void(Result<void>)>;

  virtual ~StateStore() = default;
  /// None on the first start. An error if the file is damaged; it has been put aside then, and the state comes from the
  /// other nodes. Blocks: only before the loop has anything to watch.
  virtual Result<std::optional<DurableState>> load() = 0;
  /// Begins to write, whole or not at all, and returns at once, however slow the disk is. `saved` comes later, on the
  /// runtime's thread, in the order of the calls: without an error once this state or a later one is durable. An
  /// error leaves the old state.
  virtual void save(DurableState state, Saved saved) = 0;
};

}  // namespace holdfast
