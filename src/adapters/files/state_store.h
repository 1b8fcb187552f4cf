// What this node keeps over restarts, in one file (E2).
#pragma once

#include <filesystem>

#include "ports/state_store.h"

namespace holdfast::files {

class FileStateStore final : public StateStore {
 public:
  /// For example /var/lib/holdfast/state. Touches nothing yet.
  explicit FileStateStore(std::filesystem::path file);

  /// A damaged file is renamed to `<name>.damaged-<UTC time>`; one that cannot be read at all stays where it is.
  Result<std::optional<DurableState>> load() override;
  /// Makes the folder if it is missing. Blocks until the disk has it.
  Result<void> save(const DurableState& state) override;

 private:
  Error put_aside(const std::string& why) const;

  std::filesystem::path file_;
};

}  // namespace holdfast::files
