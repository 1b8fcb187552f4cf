// What this node keeps over restarts, in one file (E2). Blocks for as long as the disk takes: background_store.h keeps
// that away from the loop.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "model/durable.h"

namespace holdfast::files {

class StateFile {
 public:
  /// For example /var/lib/holdfast/state. Touches nothing yet.
  explicit StateFile(std::filesystem::path file);

  /// None on the first start. A damaged file is renamed to `<name>.damaged-<UTC time>`; one that cannot be read at all
  /// stays where it is.
  Result<std::optional<DurableState>> load() const;
  /// Makes the folder if it is missing. When it returns without an error, the disk has the state.
  Result<void> save(const DurableState& state) const;

 private:
  Error put_aside(const std::string& why) const;

  std::filesystem::path file_;
};

}  // namespace holdfast::files
