// The reader's own clock, by which marks grow old.
#pragma once

#include <time.h>

#include "base/time.h"

namespace holdfast::witness {

/// CLOCK_BOOTTIME: no clock step moves it. Any thread.
inline Instant boot_time() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return Instant{std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000};
}

}  // namespace holdfast::witness
