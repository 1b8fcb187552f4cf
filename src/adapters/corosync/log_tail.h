// Reads what corosync writes to its log file, for the few lines in it that no interface offers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace holdfast::corosync {

/// The sender of a packet that our key did not open, without its port, if that is what the line says. Corosync offers
/// it nowhere else (L7: packets of another cluster or key).
std::optional<std::string> foreign_packet_source(std::string_view line);

/// Follows a file that another process appends to, and keeps it small: a peer with another key makes knet write some
/// twenty lines a second.
class LogTail {
 public:
  /// Begins at the file's present end.
  explicit LogTail(std::string path);

  /// The whole lines that came since the last call; at most 64 KiB of them, older ones are skipped.
  std::vector<std::string> new_lines();

 private:
  std::string path_;
  std::uint64_t position_ = 0;
};

/// The last line of the file that is not empty; empty if there is none.
std::string last_line(const std::string& path);

/// Moves the file to "<path>.1" if it is larger than the limit.
void rotate_log(const std::string& path);

/// Lets one event per key through, then none for a minute.
class RateLimit {
 public:
  bool allows(const std::string& key, Instant now);

 private:
  static constexpr Micros kPause{60'000'000};
  static constexpr std::size_t kMostKeys = 256;  ///< a stranger chooses the keys
  std::map<std::string, Instant> last_;
};

}  // namespace holdfast::corosync
