// The node's log (V1). The lines are written by a thread of their own, so that a disk that hangs or a journal that is
// full never makes the daemon's loop late (L5).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "ports/log_sink.h"

namespace holdfast::logging {

struct NodeLogSettings {
  std::filesystem::path file = "/var/log/holdfast.log";
  std::string node;  ///< our own name
  std::string program = "holdfastd";
  std::function<void(const std::string& line)> also;  ///< hears every whole line, within write(); may be empty
  std::size_t queue = 10000;                          ///< lines that wait for the disk at most; the rest is lost
};

class NodeLog final : public LogSink {
 public:
  explicit NodeLog(NodeLogSettings settings);
  /// Waits for the last lines, but for at most 2 s.
  ~NodeLog() override;

  /// Never blocks on a disk and never fails: what is wrong with the file is told once on stderr. Any thread.
  void write(const LogLine& line) override;

  /// True when all lines so far are written, false after `patience`.
  bool flush(Millis patience);
  /// The same, and they survive a machine that is reset now.
  bool keep(Millis patience);

 private:
  struct Queue;
  std::shared_ptr<Queue> queue_;
  NodeLogSettings settings_;
};

}  // namespace holdfast::logging
