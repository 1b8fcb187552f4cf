// The log's file: lines are appended, come what may to the file, its folder or its disk.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace holdfast::logging {

class LogFile {
 public:
  /// `complain` hears once when lines begin to be lost, and once when they are written again.
  LogFile(std::filesystem::path file, std::function<void(const std::string&)> complain);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Appends the line and a newline, to a new file if the old one was moved away or removed (logrotate). A line that
  /// cannot be written is lost and counted. May block as long as the disk does.
  void append(std::string_view line);
  /// What was appended survives the machine. Blocks as long as the disk does.
  void sync();

 private:
  bool reopen_if_moved();
  bool write_whole(std::string_view bytes);
  void lost(int wrong);

  std::filesystem::path file_;
  std::function<void(const std::string&)> complain_;
  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool torn_ = false;  ///< the last line was written in part only
  std::uint64_t lost_ = 0;
};

}  // namespace holdfast::logging
