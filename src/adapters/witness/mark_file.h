// The file or block device that holds the marks. Blocks as long as the storage does: for a thread of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/witness/marks.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace holdfast::witness {

class MarkFile {
 public:
  explicit MarkFile(std::string path) : path_(std::move(path)) {}

  /// Writes `own` durably, past the page cache where the storage allows it. Errors: it cannot be opened or written, or
  /// something else than a mark of this cluster stands in the slot.
  Result<void> write(const Mark& own);
  Result<std::map<NodeId, Slot>> read(const std::vector<NodeId>& nodes);

 private:
  Result<void> open();
  Result<void> check_slot(const Mark& own);
  Result<Slot> read_slot(NodeId node);
  Error error(const std::string& what);

  std::string path_;
  Descriptor file_;
  bool checked_ = false;  ///< that the slot is ours
};

}  // namespace holdfast::witness
