#include "sim/scenario/player.h"

#include <utility>

#include "base/format.h"

namespace holdfast::sim {

namespace {

constexpr Micros look{100000};

bool is_command(Verb v) { return v != Verb::run && v != Verb::run_until_stable && v != Verb::expect; }

RequestKind request_kind(Verb v) {
  switch (v) {
    case Verb::start:
      return RequestKind::start;
    case Verb::stop:
      return RequestKind::stop;
    case Verb::stop_node:
      return RequestKind::leave;
    case Verb::maintenance:
      return RequestKind::maintenance;
    case Verb::confirm:
      return RequestKind::confirm;
    case Verb::confirm_off:
      return RequestKind::confirm_off;
    case Verb::resolve:
      return RequestKind::resolve;
    default:
      return RequestKind::move;
  }
}

/// Something that can put a service out of service; the mark from which an outage is measured.
bool is_fault(Verb v) {
  return is_command(v) && v != Verb::start && v != Verb::stop && v != Verb::switchover && v != Verb::boot &&
         v != Verb::heal && v != Verb::heal_all && v != Verb::succeed && v != Verb::maintenance && v != Verb::confirm &&
         v != Verb::confirm_off && v != Verb::apply && v != Verb::resolve;
}

}  // namespace

Player::Player(const Scenario& scenario, Options options)
    : scenario_(scenario), options_(options), world_(std::make_unique<World>(scenario.world)) {
  if (options_.keep_journals) world_->keep_journals();
  if (options_.keep_record) {
    record_ = std::make_unique<Record>(*world_);
    world_->observe(*record_);
  }
  if (options_.keep_story) {
    story_ = std::make_unique<Story>(*world_, options_.print);
    world_->observe(*story_);
  }
}

std::optional<std::string> Player::begin() {
  if (std::exchange(begun_, true)) return std::nullopt;
  world_->begin();
  if (const Failure failed = judged(run_until_stable())) return format("the cluster does not form: {}", *failed);
  return std::nullopt;
}

std::optional<std::string> Player::play() {
  if (const Failure failed = begin()) return failed;
  for (const Statement& s : scenario_.statements) {
    if (is_command(s.verb)) last_command_ = world_->now();
    if (is_fault(s.verb)) last_fault_ = world_->now();
    if (const Failure failed = judged(carry_out(s))) return format("line {}: {}", s.line, *failed);
  }
  for (const Statement& s : scenario_.statements)
    if (const Failure failed = check_at_end(s)) return format("line {}: {}", s.line, *failed);
  return std::nullopt;
}

Player::Failure Player::run_for(Micros time) {
  world_->scheduler().run_until(world_->now() + time);
  return std::nullopt;
}

Player::Failure Player::carry_out(const Statement& s) {
  if (s.verb == Verb::run) return run_for(*s.duration);
  if (s.verb == Verb::run_until_stable) return run_until_stable();
  if (s.verb == Verb::expect) return check(s);
  act(s);
  return std::nullopt;
}

void Player::act(const Statement& s) {
  switch (s.verb) {
    case Verb::run:
    case Verb::run_until_stable:
    case Verb::expect:
      return;
    case Verb::apply:
    case Verb::start:
    case Verb::stop:
    case Verb::switchover:
    case Verb::maintenance:
    case Verb::confirm:
    case Verb::confirm_off:
    case Verb::resolve:
      return ask(s);
    case Verb::crash:
    case Verb::boot:
    case Verb::stop_node:
    case Verb::pause:
    case Verb::pause_daemon:
    case Verb::kill_daemon:
    case Verb::kill_engine:
    case Verb::disk:
    case Verb::clock:
      return harm_node(s);
    case Verb::cut:
    case Verb::close_port:
    case Verb::heal:
    case Verb::heal_all:
    case Verb::isolate:
    case Verb::lossy:
    case Verb::delay:
    case Verb::jitter:
      return change_network(s);
    case Verb::die:
    case Verb::appear:
    case Verb::fail:
    case Verb::hang:
    case Verb::succeed:
      return change_service(s);
    case Verb::fence_agent:
    case Verb::witness:
    case Verb::watchdog:
      return change_guard(s);
  }
}

Player::Failure Player::judged(Failure failed) const {
  if (judge_ != nullptr)
    if (auto verdict = judge_->verdict()) return verdict;
  return failed;
}

Player::Failure Player::run_until_stable() {
  const Instant limit = world_->now() + options_.stable_limit;
  std::string why;
  do {
    if (world_->now() >= limit)
      return format("not stable after {} s: {}", options_.stable_limit.count() / 1000000, why);
    world_->scheduler().run_until(world_->now() + look);
    why = world_->unrest();
    if (judge_ != nullptr && judge_->verdict()) break;
  } while (!why.empty());
  return std::nullopt;
}

void Player::ask(const Statement& s) {
  if (s.verb == Verb::apply) return world_->apply(*s.order);
  Request request;
  request.kind = request_kind(s.verb);
  request.resource = s.resource;
  request.node = s.nodes.empty() ? s.on : s.nodes[0];
  request.force = s.force;
  request.on = s.flag;
  world_->request(std::move(request));
}

void Player::harm_node(const Statement& s) {
  const NodeId node = s.nodes[0];
  if (s.verb == Verb::crash) world_->crash(node);
  if (s.verb == Verb::boot) world_->boot(node);
  if (s.verb == Verb::stop_node && s.flag) world_->leave(node);
  if (s.verb == Verb::stop_node && !s.flag) ask(s);
  if (s.verb == Verb::pause) world_->pause_node(node, *s.duration);
  if (s.verb == Verb::pause_daemon) world_->pause_daemon(node, *s.duration);
  if (s.verb == Verb::kill_daemon) world_->kill_daemon(node);
  if (s.verb == Verb::kill_engine) world_->kill_engine(node);
  if (s.verb == Verb::clock) world_->step_clock(node, *s.duration);
  if (s.verb == Verb::disk) world_->set_disk(node, s.disk);
}

void Player::change_network(const Statement& s) {
  if (story_) story_->on_happening(NodeId{0}, s.text);
  Network& network = world_->network();
  if (s.verb == Verb::cut) network.cut(s.nodes[0], s.nodes[1], s.link, s.direction);
  if (s.verb == Verb::close_port) network.close_port(s.nodes[0], s.nodes[1]);
  if (s.verb == Verb::heal) network.heal(s.nodes[0], s.nodes[1], s.link);
  if (s.verb == Verb::heal_all) network.heal_all();
  if (s.verb == Verb::isolate) network.isolate(s.nodes[0]);
  if (s.verb == Verb::lossy) network.lossy(s.nodes[0], s.nodes[1], s.number);
  if (s.verb == Verb::jitter) network.jitter(s.nodes[0], s.nodes[1], *s.duration);
  if (s.verb == Verb::delay) network.delay(s.nodes[0], s.nodes[1], *s.duration);
  world_->network_changed();
}

void Player::change_guard(const Statement& s) {
  if (story_) story_->on_happening(NodeId{0}, s.text);
  if (s.verb == Verb::fence_agent) world_->guards().set_power_switch(s.nodes[0], s.fence);
  if (s.verb == Verb::witness) world_->guards().set_witness(s.quoted, s.flag);
  if (s.verb == Verb::watchdog) world_->guards().set_watchdog(s.nodes[0], s.flag);
}

void Player::change_service(const Statement& s) {
  if (s.verb == Verb::die) return world_->services().die(s.nodes[0], s.resource);
  if (s.verb == Verb::appear) return world_->services().appear(s.nodes[0], s.resource);
  if (story_) story_->on_happening(NodeId{0}, s.text);
  Behaviour behaviour;
  if (s.verb == Verb::fail) behaviour.kind = Behaviour::Kind::fail;
  if (s.verb == Verb::hang) behaviour.kind = Behaviour::Kind::hang;
  behaviour.times = s.number;
  behaviour.hanging = s.duration;
  world_->services().behave(s.nodes[0], s.resource, s.operation, behaviour);
}

const std::vector<std::string>& Player::story() const {
  static const std::vector<std::string> none;
  return story_ ? story_->lines() : none;
}

std::optional<std::string> Player::story_difference() const {
  if (!scenario_.story) return std::nullopt;
  const std::vector<std::string>& told = *scenario_.story;
  std::size_t line = 2;
  for (const char c : scenario_.source) line += c == '\n' ? 1 : 0;
  for (std::size_t i = 0; i < std::max(told.size(), story().size()); ++i) {
    const std::string expected = i < told.size() ? told[i] : "(end)";
    const std::string happened = i < story().size() ? story()[i] : "(end)";
    if (expected != happened)
      return format("line {}: the story says \"{}\", but it happened: \"{}\"", line + i, expected, happened);
  }
  return std::nullopt;
}

}  // namespace holdfast::sim
