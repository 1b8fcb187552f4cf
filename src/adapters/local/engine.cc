#include "adapters/local/engine.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace holdfast {

LocalEngine::LocalEngine(boost::asio::io_context& loop, NodeId self)
    : loop_(loop),
      self_{self, static_cast<std::uint32_t>(getpid())},
      listener_(std::make_shared<EngineListener*>(nullptr)) {}

LocalEngine::~LocalEngine() { *listener_ = nullptr; }

void LocalEngine::start(EngineListener& listener) {
  *listener_ = &listener;
  boost::asio::post(loop_, [listener_slot = listener_, self = self_] {
    if (*listener_slot == nullptr) return;
    (*listener_slot)->on_view(EngineView{{self}, {self.node}});
  });
}

void LocalEngine::send(std::string bytes) {
  boost::asio::post(loop_, [listener_slot = listener_, self = self_, bytes = std::move(bytes)] {
    if (*listener_slot != nullptr) (*listener_slot)->on_message(self, bytes);
  });
}

EngineMember LocalEngine::self() const { return self_; }

}  // namespace holdfast
