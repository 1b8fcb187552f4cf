// Calls holdfast-agent as the daemon does.
#pragma once

#include <map>
#include <string>

#include "adapters/process/program_runner.h"

namespace holdfast::test {

/// A folder that goes with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  /// Writes an executable shell script and returns its path.
  std::string script(const std::string& name, const std::string& body) const;

 private:
  std::string path_;
};

/// One resource of one kind.
struct Agent {
  std::string kind;
  std::map<std::string, std::string> parameters;
  std::string run_directory = "/nonexistent";
  std::string resource = "web";

  Command command(const std::string& action, Millis timeout = Millis{10000}) const;
  RunResult call(const std::string& action, Millis timeout = Millis{10000}) const;
};

/// /bin/sh -c `line`; its output.
std::string shell(const std::string& line);

}  // namespace holdfast::test
