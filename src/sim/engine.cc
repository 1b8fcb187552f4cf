#include "sim/engine.h"

#include <utility>

namespace holdfast::sim {

SimEngine::SimEngine(Scheduler& scheduler, Owner& owner, Rings& rings, NodeId node, std::uint32_t& processes)
    : scheduler_(scheduler), owner_(owner), rings_(rings), node_(node), processes_(processes), process_(++processes) {}

SimEngine::~SimEngine() {
  if (listener_ != nullptr) rings_.detach(node_, *this);
}

void SimEngine::start(EngineListener& listener) {
  listener_ = &listener;
  scheduler_.after(Micros{5000}, &owner_, [this] { rings_.attach(node_, *this); });
}

void SimEngine::send(std::string bytes) { rings_.send(node_, self(), std::move(bytes)); }

void SimEngine::post(std::function<void()> call) {
  backlog_.push_back(std::move(call));
  if (backlog_.size() == 1) scheduler_.after(Micros{0}, &owner_, [this] { drain(); });
}

void SimEngine::drain() {
  // A call may queue further ones; they belong to a later drain.
  for (const auto& call : std::exchange(backlog_, {})) call();
}

void SimEngine::deliver_view(EngineView view) {
  if (owner_.paused() || !backlog_.empty()) return post([this, view = std::move(view)] { listener_->on_view(view); });
  listener_->on_view(view);
}

void SimEngine::deliver_message(EngineMember sender, std::shared_ptr<const std::string> bytes) {
  if (owner_.paused() || !backlog_.empty())
    return post([this, sender, bytes = std::move(bytes)] { listener_->on_message(sender, *bytes); });
  listener_->on_message(sender, *bytes);
}

void SimEngine::deliver_links(std::vector<LinkSample> links) {
  if (listener_ == nullptr) return;
  if (owner_.paused() || !backlog_.empty())
    return post([this, links = std::move(links)] { listener_->on_links(links); });
  listener_->on_links(links);
}

void SimEngine::lose_engine() {
  process_ = ++processes_;
  if (listener_ == nullptr) return;
  scheduler_.after(Micros{10000}, nullptr, [this, alive = &owner_] {
    if (alive->ended()) return;
    post([this] { listener_->on_engine_lost("the engine's process ended by signal 9"); });
  });
}

void SimEngine::engine_is_back() {
  if (listener_ != nullptr) rings_.attach(node_, *this);
}

}  // namespace holdfast::sim
