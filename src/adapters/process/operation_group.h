// A cgroup per operation, where the machine has cgroups of version 2 that are ours to make (K11): a child of an agent
// that left its process group is still in it, and dies with the rest. Source: cgroups(7), kernel's cgroup-v2.rst.
#pragma once

#include <memory>
#include <string>

#include "base/descriptor.h"

namespace holdfast {

/// One cgroup. What an operation leaves behind in order (its service) lives on in it; so it is removed only once it is
/// empty, by its destructor or by a later sweep.
class OperationGroup {
 public:
  OperationGroup(std::string path, Descriptor folder) : path_(std::move(path)), folder_(std::move(folder)) {}
  ~OperationGroup();
  OperationGroup(const OperationGroup&) = delete;
  OperationGroup& operator=(const OperationGroup&) = delete;

  /// Of the folder; for CLONE_INTO_CGROUP.
  int descriptor() const { return folder_.get(); }
  /// SIGKILL to everything in it, now.
  void kill_all() const;

 private:
  std::string path_;
  Descriptor folder_;
};

class OperationGroups {
 public:
  /// `parent`: a cgroup's folder; empty: the one that this process is in.
  explicit OperationGroups(const std::string& parent = "");

  /// Null where there are none, or no more can be made: the process group has to do then.
  std::shared_ptr<OperationGroup> make();
  bool available() const { return !folder_.empty(); }

 private:
  void sweep() const;

  std::string folder_;
  unsigned long made_ = 0;
};

/// The folder of this process's own cgroup of version 2; empty if there is none.
std::string own_cgroup();

}  // namespace holdfast
