// The output of a service, in a bounded place: a small process of ours reads it and keeps the last part in two files
// that take turns, so that a talkative service fills no file system. It ends when nobody holds the pipe any more.
// (Not the journal: nodes without one exist, and `holdfast why` wants the tail at once.)
#pragma once

#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace holdfast::agent {

class OutputLog {
 public:
  /// Truncates `path`, removes `path`.1, and starts the reading process.
  static Result<OutputLog> start(const std::string& path);

  /// Where the service writes.
  int writer() const { return writer_.get(); }
  /// Closes our own end: from now on only the service holds the pipe.
  void release() { writer_.close(); }
  /// The end of what the service wrote. Waits a little for the reading process, if the service has ended.
  std::string tail();

 private:
  OutputLog(std::string path, Descriptor writer, Descriptor reader_process)
      : path_(std::move(path)), writer_(std::move(writer)), reader_process_(std::move(reader_process)) {}

  std::string path_;
  Descriptor writer_;
  Descriptor reader_process_;
};

}  // namespace holdfast::agent
