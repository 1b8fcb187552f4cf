// What a client of a service sees, as lines on standard output; used by webclient and pingclient.
//
//   FIRST <time> <who>                                the first answer of all
//   GAP <last> <first> <milliseconds> <from> <to>     no answer for longer than the threshold
//   MOVE <last> <first> <milliseconds> <from> <to>    another one answers, without a gap
//   END sent=<n> answered=<n> lost=<n>                at SIGTERM or SIGINT
// Times are CLOCK_REALTIME nanoseconds at the receipt of the last answer before and the first answer after the
// hole, so a GAP is the outage as the client saw it, never shorter than it was and at most one period longer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>

namespace bed {

inline std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

class Outage {
 public:
  explicit Outage(std::int64_t threshold_ns) : threshold_ns_(threshold_ns) {}

  void sent() { ++sent_; }

  void answered(std::int64_t time, const std::string& who) {
    ++answered_;
    if (last_ == 0) {
      std::printf("FIRST %lld %s\n", static_cast<long long>(time), who.c_str());
    } else if (time - last_ > threshold_ns_) {
      report("GAP", time, who);
    } else if (who != last_who_) {
      report("MOVE", time, who);
    }
    std::fflush(stdout);
    last_ = time;
    last_who_ = who;
  }

  void end() const {
    std::printf("END sent=%lld answered=%lld lost=%lld\n", static_cast<long long>(sent_),
                static_cast<long long>(answered_), static_cast<long long>(sent_ - answered_));
    std::fflush(stdout);
  }

 private:
  void report(const char* kind, std::int64_t time, const std::string& who) const {
    std::printf("%s %lld %lld %.3f %s %s\n", kind, static_cast<long long>(last_), static_cast<long long>(time),
                static_cast<double>(time - last_) / 1e6, last_who_.c_str(), who.c_str());
  }

  std::int64_t threshold_ns_;
  std::int64_t last_ = 0;
  std::string last_who_;
  std::int64_t sent_ = 0;
  std::int64_t answered_ = 0;
};

}  // namespace bed
