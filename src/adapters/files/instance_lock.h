// One holdfastd per machine.
#pragma once

#include <filesystem>

#include "base/descriptor.h"
#include "base/result.h"

namespace holdfast::files {

/// Held as long as this lives; the kernel lets go of it when the process dies, however it dies.
class InstanceLock {
 public:
  explicit InstanceLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;
};

/// Locks `file`, for example /run/holdfast/holdfastd.lock, and writes our process id into it. Makes the folder if it is
/// missing. The error names the process that holds it.
Result<InstanceLock> acquire_instance_lock(const std::filesystem::path& file);

}  // namespace holdfast::files
