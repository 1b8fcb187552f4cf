// The last lines of the log in memory, so that an asker never makes the daemon's loop wait for a disk (L5).
#pragma once

#include <deque>
#include <string>

#include "api/answers.h"
#include "api/log_filter.h"

namespace holdfast::api {

class LogTail {
 public:
  explicit LogTail(std::size_t capacity = 2000) : capacity_(capacity) {}

  /// One line without its newline.
  void add(std::string line);

  /// The lines that match, from number `from` on (numbers count every line from 0); those already forgotten are left
  /// out.
  LogPage page(const LogFilter& filter, std::uint64_t from) const;

 private:
  std::size_t capacity_;
  std::uint64_t first_ = 0;  ///< number of the oldest line kept
  std::deque<std::string> lines_;
};

}  // namespace holdfast::api
