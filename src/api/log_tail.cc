#include "api/log_tail.h"

#include <algorithm>

namespace holdfast::api {

void LogTail::add(std::string line) {
  lines_.push_back(std::move(line));
  if (lines_.size() > capacity_) {
    lines_.pop_front();
    ++first_;
  }
}

LogPage LogTail::page(const LogFilter& filter, std::uint64_t from) const {
  const std::uint64_t end = first_ + lines_.size();
  LogPage result;
  result.next = end;
  for (std::uint64_t i = std::clamp(from, first_, end); i < end; ++i)
    if (const std::string& line = lines_[i - first_]; matches(filter, line)) result.lines.push_back(line);
  return result;
}

}  // namespace holdfast::api
