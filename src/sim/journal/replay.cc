#include "sim/journal/replay.h"

#include <memory>

#include "base/format.h"
#include "core/hierarchy.h"
#include "core/step.h"
#include "model/names.h"
#include "sim/step_story.h"
#include "wire/codec.h"
#include "wire/digester.h"

namespace holdfast::sim {

namespace {

/// The bytes were right; but who wrote them may not have been a core. Empty: it can be played.
std::string wrong_in(const ClusterConfig& config, const ClusterState& state) {
  for (const auto& [name, resource] : config.resources) {
    if (resource.name != name || resource.nodes.empty()) return format("resource {} is not well formed", name.value);
    for (const NodeId node : resource.nodes)
      if (config.node(node) == nullptr) return format("resource {} names a node that is not there", name.value);
    for (const ResourceName& below : resource.depends_on)
      if (!config.resources.contains(below)) return format("resource {} stands on one that is not there", name.value);
  }
  for (const NodeConfig& node : config.nodes)
    if (!state.nodes.contains(node.id)) return format("nothing is known of node {}", node.name);
  for (const NodeId member : state.members)
    if (config.node(member) == nullptr) return format("member {} is not configured", member.value);
  return {};
}

Digest digest_of_told(const wire::JournalStep& step) {
  wire::Digester digester;
  digester.value(step.sender);
  digester.value(step.at);
  digester.value(step.event);
  return digester.result();
}

std::string shown(Digest digest) { return format("{:016x}", digest.value); }

std::string words_of(const Outcome& outcome, const ClusterConfig& config) {
  std::string text = format("{} actions", outcome.actions.size());
  for (const std::string& line : step_lines(config, Event{ResourceChanged{}}, outcome)) text += "; " + line;
  return text;
}

}  // namespace

std::string words_of(const wire::JournalPosition& position) {
  const Epoch& e = position.epoch;
  return format("{} of epoch {}.{}.{}", position.number, e.leader.value, e.incarnation, e.counter);
}

void Replay::differ(const std::string& what) {
  result_.difference =
      format("{}: {} (written by holdfast {}, replayed by {})", at_, what, software_, HOLDFAST_VERSION);
}

void Replay::play(const std::string& name, const wire::JournalHead& head, wire::JournalReader& reader) {
  if (result_.difference) return;
  if (result_.segments++ == 0) result_.head = head;
  software_ = head.software;
  while (!result_.difference) {
    Result<std::optional<wire::JournalRecord>> record = reader.next();
    at_ = format("{}: record {}", name, reader.records());
    if (!record) {
      result_.difference = format("{}: {}", name, record.error().text);
      return;
    }
    if (!*record) break;
    std::visit([this](const auto& held) { take(held); }, **record);
  }
  if (reader.cut_off() > 0)
    result_.notes.push_back(format("{}: its last {} bytes are no whole record: the machine or the daemon ended there",
                                   name, reader.cut_off()));
}

void Replay::take(const wire::JournalSnapshot& snapshot) {
  ++result_.snapshots;
  if (const std::string wrong = wrong_in(snapshot.config, snapshot.state); !wrong.empty()) return differ(wrong);
  if (const Digest found = wire::digest_of(snapshot.state); found != snapshot.digest)
    return differ(format("the snapshot has digest {}, its state {}", shown(snapshot.digest), shown(found)));
  if (snapshot.lost > 0) {
    result_.lost += snapshot.lost;
    result_.notes.push_back(
        format("{}: {} events before it are missing: the disk did not take them", at_, snapshot.lost));
  } else if (!snapshot.replaced && state_ && position_ == snapshot.position) {
    // Nothing but the events may have changed the state since the last snapshot.
    if (const Digest played = wire::digest_of(*state_); played != snapshot.digest)
      return differ(format("the state at position {} is {} in the journal, replayed: {}", words_of(position_),
                           shown(snapshot.digest), shown(played)));
  }
  result_.token = std::max(result_.token, snapshot.config.detection.token);
  position_ = snapshot.position;
  state_ = snapshot.state;
  state_->config = std::make_shared<const ClusterConfig>(snapshot.config);
  state_->hierarchies = std::make_shared<const Hierarchies>(core::hierarchies_of(snapshot.config));
}

void Replay::take(const wire::JournalStep& step) {
  if (!state_) return differ("an event without a snapshot before it");
  const auto* view = std::get_if<ViewSynced>(&step.event);
  const wire::JournalPosition next = view != nullptr ? wire::JournalPosition{view->epoch, 0}
                                                     : wire::JournalPosition{position_.epoch, position_.number + 1};
  if (step.position != next)
    return differ(format("position {} after position {}", words_of(step.position), words_of(position_)));
  position_ = next;
  const std::shared_ptr<const ClusterConfig> config = state_->config;
  const Outcome outcome = core::step(*state_, step.event, step.at);
  if (tell_) tell_(step, outcome, *state_);
  const Digest found = wire::digest_of(outcome);
  if (found != step.outcome)
    return differ(format("position {}, {}: the outcome is {} in the journal, replayed: {} ({})", words_of(position_),
                         name_of(step.event), shown(step.outcome), shown(found), words_of(outcome, *config)));
  if (step.state)
    if (const Digest state = wire::digest_of(*state_); state != *step.state)
      return differ(format("position {}, {}: the state is {} in the journal, replayed: {}", words_of(position_),
                           name_of(step.event), shown(*step.state), shown(state)));
  result_.steps.push_back({position_, digest_of_told(step), found, step.state, step.wall});
}

}  // namespace holdfast::sim
