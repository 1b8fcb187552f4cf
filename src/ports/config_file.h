// The configuration file of this node (V9). Real: adapters/files. Simulated: sim/.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace holdfast {

class ConfigFile {
 public:
  using Written = std::function<void(Result<void>)>;

  virtual ~ConfigFile() = default;
  /// The file as it stands. Blocks: only before the loop has anything to watch.
  virtual Result<std::string> read() = 0;
  /// Begins to replace it, whole or not at all, and returns at once, however slow the disk is; the one that stood there
  /// stays beside it as `<name>.<keep_as>`. `written` comes later, on the runtime's thread. One call at a time.
  virtual void replace(std::string text, std::string keep_as, Written written) = 0;
};

}  // namespace holdfast
