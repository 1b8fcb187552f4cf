// The file that a journal is being written to, and those before it. Blocks for as long as the disk takes.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "wire/journal.h"

namespace holdfast::files {

class JournalSegment {
 public:
  struct Settings {
    std::filesystem::path folder;
    wire::JournalHead head;
    std::size_t segments = 4;
    std::size_t segment_bytes = 0;
    std::size_t reserve = 0;  ///< bytes left free on the disk; 0: nobody looks
  };

  explicit JournalSegment(Settings settings) : settings_(std::move(settings)) {}

  /// Makes room and a new file with its header. The one before is over.
  Result<void> begin();
  /// All of them, or an error: what is not whole is taken off again, and nothing follows before the next begin().
  Result<void> append(const std::vector<std::string_view>& records);
  /// Something was written since sync().
  bool dirty() const { return dirty_; }
  /// Best effort: a power failure may take what is not durable, which the reader knows.
  void sync();

 private:
  struct Old {
    std::uint64_t number = 0;
    std::uintmax_t bytes = 0;
    std::filesystem::path path;
  };
  Result<std::vector<Old>> old_segments() const;
  Result<void> room_for(std::size_t bytes) const;
  Result<void> put(std::string_view bytes);
  void drop_oldest(const std::vector<Old>& old) const;

  Settings settings_;
  std::filesystem::path path_;
  Descriptor file_;
  std::size_t whole_ = 0;  ///< bytes
  std::uint64_t records_ = 0;
  bool dirty_ = false;
  bool new_ = false;  ///< its name is not durable yet
};

}  // namespace holdfast::files
