// How long to wait before corosync is started again: not at all the first time, then longer and longer.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace holdfast::corosync {

class Backoff {
 public:
  /// The delay before the next start, after a life of `lived`.
  Millis next(Micros lived) {
    if (lived >= kGoodLife) failures_ = 0;
    const int failures = failures_++;
    if (failures == 0) return Millis{0};
    return std::min(kLongest, Millis{kShortest.count() << std::min(failures - 1, 10)});
  }

 private:
  static constexpr Micros kGoodLife{30'000'000};
  static constexpr Millis kShortest{100};
  static constexpr Millis kLongest{5000};
  int failures_ = 0;
};

}  // namespace holdfast::corosync
