// The `expect` lines.
#include <algorithm>

#include "base/format.h"
#include "core/quorum.h"
#include "model/names.h"
#include "sim/scenario/player.h"

namespace holdfast::sim {

namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId n) {
  return std::find(nodes.begin(), nodes.end(), n) != nodes.end();
}

}  // namespace

Player::Failure Player::check(const Statement& s) {
  if (!record_) return "expect needs the record of the run";
  switch (s.expectation) {
    case Expectation::state:
      return check_state(s);
    case Expectation::nowhere:
    case Expectation::nowhere_else:
      return check_elsewhere(s);
    case Expectation::up:
    case Expectation::down:
    case Expectation::view:
      return check_node(s);
    case Expectation::fenced:
    case Expectation::reset:
    case Expectation::quorum:
      return check_guard(s);
    case Expectation::log:
    case Expectation::no_log:
      return check_log(s);
    case Expectation::no_operation:
    case Expectation::before:
      return check_operation(s);
    case Expectation::refused:
      return check_answer(s);
    case Expectation::never_twice:
      return check_at_end(s);
    case Expectation::outage_below: {
      const Micros longest = record_->longest_outage(s.resource, last_fault_);
      if (longest < *s.duration) return std::nullopt;
      return format("{} was in service nowhere for {} ms", s.resource.value, longest.count() / 1000);
    }
  }
  return std::nullopt;
}

/// What the node itself says (nothing: out of service); where no daemon lives, what really runs.
std::string Player::state_of(const ResourceName& resource, NodeId node) const {
  const bool runs = world_->services().running(node, resource);
  const runtime::Node* daemon = world_->daemon(node);
  if (daemon == nullptr) return std::string(name_of(runs ? ResourceState::in_service : ResourceState::out_of_service));
  const auto known = daemon->state().nodes.find(node);
  if (known == daemon->state().nodes.end()) return "unknown";
  const auto fact = known->second.facts.resources.find(resource);
  const ResourceState state =
      fact == known->second.facts.resources.end() ? ResourceState::out_of_service : fact->second.state;
  if (state == ResourceState::in_service && !runs) return "in-service only by its daemon's belief; it does not run";
  if (state == ResourceState::out_of_service && runs) return "out-of-service by its daemon's belief; but it runs";
  return std::string(name_of(state));
}

Player::Failure Player::check_state(const Statement& s) {
  expected_on_ = s.nodes;
  const std::string wanted(name_of(s.wanted_state));
  std::string found;
  bool anywhere = false;
  for (const NodeConfig& n : world_->config().nodes) {
    const std::string state = state_of(s.resource, n.id);
    found += format("{}{} on {}", found.empty() ? "" : ", ", state, n.name);
    anywhere = anywhere || state == wanted;
    if (contains(s.nodes, n.id) && state != wanted)
      return format("{} is {} on {}, not {}", s.resource.value, state, n.name, wanted);
  }
  if (s.nodes.empty() && !anywhere) return format("{} is {}; not {} on any", s.resource.value, found, wanted);
  if (!s.unprotected) return std::nullopt;
  for (const NodeId other : world_->config().resources.at(s.resource).nodes)
    if (!contains(s.nodes, other) && world_->daemon(other) != nullptr && world_->daemon(other)->synced())
      return format("{} is protected: {} could take it over", s.resource.value, name(other));
  return std::nullopt;
}

Player::Failure Player::check_elsewhere(const Statement& s) {
  for (const NodeId node : world_->services().where(s.resource))
    if (s.expectation == Expectation::nowhere || !contains(expected_on_, node))
      return format("{} is in service on {}", s.resource.value, name(node));
  return std::nullopt;
}

Player::Failure Player::check_node(const Statement& s) {
  if (s.expectation != Expectation::view) {
    const runtime::Node* daemon = world_->daemon(s.nodes[0]);
    const bool up = daemon != nullptr && daemon->synced();
    if (up == (s.expectation == Expectation::up)) return std::nullopt;
    return format("{} is {}", name(s.nodes[0]), up ? "up" : "down");
  }
  const runtime::Node* daemon = world_->daemon(*s.on);
  if (daemon == nullptr) return format("no daemon lives on {}", name(*s.on));
  if (!daemon->synced()) return format("{} has no synced view: {}", name(*s.on), daemon->unsynced_because());
  std::vector<NodeId> wanted = s.nodes;
  std::sort(wanted.begin(), wanted.end());
  if (daemon->state().members == wanted) return std::nullopt;
  std::string members;
  for (const NodeId m : daemon->state().members) members += " " + name(m);
  return format("the view on {} is:{}", name(*s.on), members);
}

Player::Failure Player::check_guard(const Statement& s) const {
  if (s.expectation != Expectation::quorum) {
    const bool fenced = s.expectation == Expectation::fenced;
    const std::uint32_t times = fenced ? world_->times_fenced(s.nodes[0]) : world_->times_reset(s.nodes[0]);
    if (times > 0) return std::nullopt;
    return format("{} was not {}", name(s.nodes[0]), fenced ? "fenced" : "reset");
  }
  const runtime::Node* daemon = world_->daemon(*s.on);
  const bool has =
      daemon != nullptr && daemon->synced() && core::quorum_of(daemon->state(), *s.on) == core::Verdict::yes;
  if (has == s.flag) return std::nullopt;
  return format("{} has {}quorum", name(*s.on), has ? "" : "no ");
}

Player::Failure Player::check_log(const Statement& s) const {
  for (const Record::Line& line : record_->log()) {
    if (line.text.find(s.quoted) == std::string::npos || (s.on && line.node != *s.on)) continue;
    if (s.duration && (line.at < last_command_ || line.at - last_command_ > *s.duration)) continue;
    if (s.expectation == Expectation::log) return std::nullopt;
    return format("the log of {} has: {}", name(line.node), line.text);
  }
  if (s.expectation == Expectation::no_log) return std::nullopt;
  return format("no log line has \"{}\"{}{}", s.quoted, s.on ? " on " + name(*s.on) : "",
                s.duration ? format(" within {} ms", s.duration->count() / 1000) : "");
}

Player::Failure Player::check_operation(const Statement& s) const {
  const Record::Operation* one = record_->first(s.operation, s.resource, s.nodes[0]);
  const std::string what = format("{} of {} on {}", name_of(s.operation), s.resource.value, name(s.nodes[0]));
  if (s.expectation == Expectation::no_operation) {
    if (one == nullptr) return std::nullopt;
    return format("there was a {}, at {} ms", what, one->begin.micros / 1000);
  }
  const Record::Operation* other = record_->first(s.other_operation, s.other_resource, s.nodes[1]);
  if (one == nullptr) return format("there was no {}", what);
  if (other == nullptr)
    return format("there was no {} of {} on {}", name_of(s.other_operation), s.other_resource.value, name(s.nodes[1]));
  if (one->end && *one->end <= other->begin) return std::nullopt;
  return format("{} had not ended when the other began, at {} ms", what, other->begin.micros / 1000);
}

Player::Failure Player::check_answer(const Statement&) const {
  const auto& answer = record_->last_answer();
  if (!answer) return "the request before has no answer yet; let time pass first";
  if (answer->kind == AnswerKind::refused) return std::nullopt;
  return format("the answer was {}: {}", name_of(answer->kind), answer->text);
}

Player::Failure Player::check_at_end(const Statement& s) const {
  if (s.verb != Verb::expect || s.expectation != Expectation::never_twice) return std::nullopt;
  if (!record_->twice().contains(s.resource)) return std::nullopt;
  return format("{} was in service on two nodes at once", s.resource.value);
}

}  // namespace holdfast::sim
