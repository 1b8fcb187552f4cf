// A mount namespace of its own for the test's process, processes that use a file system, and block devices made of
// files.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "program.h"

namespace holdfast::test {

/// Moves the whole test process into a mount namespace from which nothing gets out; once. Throws without root.
void enter_own_mounts();

/// Holds a resource's folder; whatever is mounted below it is unmounted at the end.
class MountFolder {
 public:
  MountFolder();
  ~MountFolder();
  const std::string& path() const { return folder_.path(); }
  std::string make(const std::string& name) const;  ///< a folder below it

 private:
  Folder folder_;
};

/// A real process; killed at the end.
class Process {
 public:
  /// /bin/sh -c `line`. Returns when it has written a line to its standard output, or throws.
  explicit Process(const std::string& line);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  /// 0: it lives. Else the signal that ended it, or -1 if it ended by itself.
  int ended_by();

 private:
  pid_t pid_ = -1;
  int ended_by_ = 0;
};

/// A loop device over a file. It goes with the test's process, however that ends.
class LoopDevice {
 public:
  /// Why there is none on this machine; empty: there are.
  static std::string missing();

  LoopDevice(const std::string& file, bool read_only = false);
  ~LoopDevice();
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int device_ = -1;
};

}  // namespace holdfast::test
