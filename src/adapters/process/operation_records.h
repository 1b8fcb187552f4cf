// An operation outlives the daemon that began it: a start goes on while the next daemon comes. One operation at a time
// on one resource (R2) holds over the daemon's death, too.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// Records in <run directory>/operations: gone with the boot, as the processes are. All on the loop's thread.
class OperationRecords {
 public:
  OperationRecords(boost::asio::io_context& loop, std::string run_directory);
  ~OperationRecords();
  OperationRecords(const OperationRecords&) = delete;
  OperationRecords& operator=(const OperationRecords&) = delete;

  /// Calls `go` when no operation of an earlier life runs on the resource any more: at once if there is none, else when
  /// it has ended. After `patience` its process group is told to end (TERM, and KILL `grace` later).
  void when_free(const ResourceName& resource, Millis patience, Millis grace, std::function<void()> go);

  /// An operation of this life, by its process; and its end.
  void began(const ResourceName& resource, pid_t process);
  void ended(const ResourceName& resource);

 private:
  struct Waiting;
  std::string path(const ResourceName& resource) const;
  static void look(const std::shared_ptr<Waiting>& waiting);

  boost::asio::io_context& loop_;
  std::string folder_;
  std::set<ResourceName> free_;  ///< no operation of an earlier life
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace holdfast
