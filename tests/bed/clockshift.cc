// Preloaded into a program, it makes the wall clock of that program wrong by as many seconds as stand in a file, from
// the moment on that they stand there:
//
//   LD_PRELOAD=libclockshift.so HOLDFAST_CLOCK_SHIFT=FILE program
//
// FILE holds one int64_t; changed in place, it is a step of the clock. Nothing else moves: a machine of the bed has no
// wall clock of its own, and that of the outer machine is not ours to step.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

const volatile std::int64_t* shift_of_clock() {
  static const volatile std::int64_t* const mapped = []() -> const volatile std::int64_t* {
    const char* file = std::getenv("HOLDFAST_CLOCK_SHIFT");
    const int opened = file == nullptr ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    if (opened < 0) return nullptr;
    void* at = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, opened, 0);
    close(opened);
    return at == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(at);
  }
  ();
  return mapped;
}

std::int64_t shift() {
  const volatile std::int64_t* seconds = shift_of_clock();
  return seconds == nullptr ? 0 : *seconds;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
  return result;
}

int gettimeofday(timeval* __restrict time, void* __restrict) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
