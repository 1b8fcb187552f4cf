// While nodes are missing in the view, others may have gone on with another configuration, which this node must have to
// be in one ring with them (O7, L9), or which it was removed from (N5). It asks them, every 5 s.
#pragma once

#include <memory>
#include <string>

#include "ports/clock.h"
#include "runtime/node.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::daemon {

/// One thread: that of the loop. Everything must outlive it.
class LaterConfig {
 public:
  LaterConfig(boost::asio::io_context& loop, Clock& clock, runtime::Node& node, NodeId self, std::string key_file);
  ~LaterConfig();
  LaterConfig(const LaterConfig&) = delete;
  LaterConfig& operator=(const LaterConfig&) = delete;

  void start();

 private:
  void ask();

  boost::asio::io_context& loop_;
  Clock& clock_;
  runtime::Node& node_;
  NodeId self_;
  std::string key_file_;
  std::unique_ptr<Timer> again_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace holdfast::daemon
