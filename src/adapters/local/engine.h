// The engine of one node without Corosync: a first node, development, tests. The view is this node, for ever.
#pragma once

#include <memory>

#include "ports/engine.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// Every call comes on the thread that runs the loop, and so do the listener's calls, later and in order: never
/// from within start() or send(). Nothing is called after the destructor.
class LocalEngine final : public Engine {
 public:
  LocalEngine(boost::asio::io_context& loop, NodeId self);
  ~LocalEngine() override;

  void start(EngineListener& listener) override;
  void send(std::string bytes) override;
  EngineMember self() const override;

 private:
  boost::asio::io_context& loop_;
  EngineMember self_;
  std::shared_ptr<EngineListener*> listener_;  ///< points to null before start() and after the destructor
};

}  // namespace holdfast
