#include "daemon/later_config.h"

#include <utility>

#include "adapters/files/key_file.h"
#include "daemon/catch_up.h"

namespace holdfast::daemon {

namespace {
constexpr Micros interval = Millis{5000};
constexpr Millis limit{2000};
}  // namespace

LaterConfig::LaterConfig(boost::asio::io_context& loop, Clock& clock, runtime::Node& node, NodeId self,
                         std::string key_file)
    : loop_(loop), clock_(clock), node_(node), self_(self), key_file_(std::move(key_file)) {}

LaterConfig::~LaterConfig() = default;

void LaterConfig::start() {
  again_ = clock_.after(interval, [this] {
    const ClusterState& state = node_.state();
    if (!node_.synced() || state.members.size() < state.config->nodes.size()) ask();
    start();
  });
}

void LaterConfig::ask() {
  const Result<std::string> key = files::read_key_file(key_file_);
  if (!key) return;  // the engine tells of it
  const auto take = [this, alive = std::weak_ptr(alive_)](const ConfigAnswers& answers) {
    if (alive.expired()) return;
    std::string ignored;  // it is said at a start
    if (const auto* found = latest(answers, node_.state().stamp, ignored)) node_.learn(found->from, found->offer);
  };
  static_cast<void>(ask_for_configuration(loop_, *node_.state().config, self_, *key, limit, take));
}

}  // namespace holdfast::daemon
