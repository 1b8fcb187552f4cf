// How long operations took, kept over restarts of the daemon, so that `holdfast simulate` knows it from the beginning.
// Nothing else depends on it: a disk that takes nothing costs only that. Written by the thread of BackgroundStore (E4).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/simulation.h"

namespace holdfast::files {

struct DurationsFileSettings {
  std::filesystem::path file;     ///< for example /var/lib/holdfast/durations; its folder is there, or nothing is kept
  std::size_t reserve = 1 << 20;  ///< bytes left free on the disk: the state file needs them (E2)
  std::function<void()> wake;     ///< soon work() must be called, on the writer's thread
};

class DurationsFile {
 public:
  explicit DurationsFile(DurationsFileSettings settings);

  /// Nothing on the first start. A damaged file is an error; the next save replaces it.
  Result<Measurements> load() const;
  /// On the loop. The last one counts.
  void save(Measurements measurements);
  /// What the writer's thread does. It may outlive this object.
  std::function<void()> work() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// The file's bytes: encoded Measurements in a frame (framed.h).
std::string durations_bytes(const Measurements& measurements);
/// Any bytes may come (E3). The error says what is wrong with them.
Result<Measurements> parse_durations(std::string_view bytes);

}  // namespace holdfast::files
