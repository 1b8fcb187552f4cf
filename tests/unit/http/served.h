// A real HTTP server on a loop of its own thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "adapters/http/server.h"

namespace holdfast::test {

/// A folder of its own below /tmp, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Serves until destroyed. The application runs on the loop's thread.
class Served {
 public:
  Served(http::ServerSettings settings, HttpApplication application);
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// Runs `work` on the loop's thread and waits for its end.
  void on_loop(const std::function<void()>& work);
  /// Runs `work` on the loop's thread some time later; does not wait.
  void later(std::chrono::milliseconds delay, std::function<void()> work);
  std::size_t connections();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// True as soon as the condition is; false if it never is within ten seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace holdfast::test
