// `holdfast` against a made-up cluster behind the real HTTP server, over a real socket.
#pragma once

#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "api/router.h"
#include "cli/commands.h"
#include "unit/api/fake_service.h"
#include "unit/http/served.h"

namespace holdfast::test {

/// What a command ended with and wrote.
struct Ended {
  cli::Exit exit = cli::Exit::done;
  std::string out;
  std::string err;
};

class CommandLine {
 public:
  CommandLine();
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Runs the command in this process, with the socket of the cluster.
  Ended run(std::vector<std::string> arguments);
  /// The same with a given socket.
  static Ended run_at(const std::string& socket, std::vector<std::string> arguments);

  /// Changes the cluster on its loop, and tells those who watch.
  void change(const std::function<void(FakeService&)>& work);

  void stop_daemon() { served_.reset(); }
  void start_daemon();
  std::string socket() const { return folder_.file("api.sock"); }
  std::string file(const std::string& name) const { return folder_.file(name); }
  Served& served() { return *served_; }

 private:
  TemporaryFolder folder_;
  FakeService service_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<Served> served_;
};

/// A stream buffer that one thread writes and another reads.
class SharedText final : public std::stringbuf {
 public:
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return str();
  }

 protected:
  std::streamsize xsputn(const char* s, std::streamsize n) override {
    const std::lock_guard lock(mutex_);
    return std::stringbuf::xsputn(s, n);
  }
  int_type overflow(int_type c) override {
    const std::lock_guard lock(mutex_);
    return std::stringbuf::overflow(c);
  }

 private:
  mutable std::recursive_mutex mutex_;  ///< xsputn may call overflow
};

}  // namespace holdfast::test
