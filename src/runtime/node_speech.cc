// Two builds in one cluster (docs/decisions/0002): who can read whom, in which version a message is written, and from
// which feature level on a member is asked to confirm.
#include <algorithm>

#include "base/format.h"
#include "runtime/node_parts.h"

namespace holdfast::runtime {

namespace {
constexpr std::uint32_t confirming_level = 2;  ///< feature level of wire::Confirm
}

/// Of every piece the header can be read, whatever the version: it says what the sender speaks.
bool Node::Parts::can_read(EngineMember sender, std::string_view bytes) {
  const auto envelope = wire::envelope_of(bytes);
  if (!envelope) return true;  // the assembler says what is wrong with it
  if (spoken_.heard(sender.node, envelope->speaks)) judge_speech();
  // A view that this node is not in may speak a version that it cannot read: nothing of it is meant for this node.
  return settings_.speech.protocol.has(envelope->version);
}

/// Who fits to whom is seen anew: a member came, or one was heard for the first time.
void Node::Parts::judge_speech() {
  const bool was_out = speech_.leaves_out(self());
  const std::vector<NodeId> group = membership_.nodes();
  speech_ = spoken_.agree(group);
  const std::string ours = wire::words_of(settings_.speech.protocol);
  if (speech_.leaves_out(self())) {
    because_ = format("no version of the protocol is common to this node ({}) and {}", ours, names_of({group.front()}));
    if (was_out) return;
    round_.clear();
    unsync(because_);
    lines_.write(Severity::error, "sync", Note::self_speaks_otherwise,
                 format("{}: it takes no part until one of them is upgraded; what runs here goes on", because_));
    return;
  }
  for (const NodeId node : speech_.left_out) {
    if (!told_strange_.insert(node).second) continue;
    const auto theirs = spoken_.of(node);
    lines_.write(Severity::error, "sync", Note::speaks_otherwise,
                 format("{} speaks versions {} of the protocol, this node {}: {} takes no part until one of them is "
                        "upgraded",
                        name_of(node), theirs ? wire::words_of(*theirs) : "?", ours, name_of(node)));
  }
}

/// In a view: the highest that all its members speak. Before: the lowest that all who were heard can read.
wire::Writing Node::Parts::writing_for(const Epoch& epoch) const {
  const wire::VersionRange own = settings_.speech.protocol;
  if (synced_ && epoch == state_.epoch && own.has(view_version_)) return {view_version_, own};
  const std::uint16_t lowest = speech_.range.lowest;
  return {own.has(lowest) ? lowest : own.lowest, own};
}

/// The view decides as its oldest member can.
void Node::Parts::tell_older(const ViewSynced& view) {
  std::vector<NodeId> older;
  for (const MemberReport& report : view.reports)
    if (report.feature_level < settings_.speech.feature_level) older.push_back(report.own.node);
  if (older.empty()) return;
  lines_.write(
      Severity::notify, "sync", Note::older_member,
      format("an older build runs on {}: until it is upgraded, this view decides as that one does", names_of(older)));
}

/// Trap 3: calls when every member has what this node has applied by now, or a new view has made all equal.
void Node::Parts::when_told(std::function<void()> call) {
  std::set<NodeId> others(state_.members.begin(), state_.members.end());
  others.erase(self());
  if (!synced_ || others.empty() || state_.feature_level < confirming_level) return call();
  send(wire::Confirm{confirmations_.ask(std::move(others), std::move(call))}, state_.epoch);
}

void Node::Parts::take(const wire::Message& message, const wire::Confirm& confirm) {
  if (counts(message) && message.sender != self()) send(wire::Confirmed{message.sender, confirm.number}, state_.epoch);
}

void Node::Parts::take(const wire::Message& message, const wire::Confirmed& confirmed) {
  if (counts(message) && confirmed.asker == self()) confirmations_.confirmed(message.sender, confirmed.number);
}

}  // namespace holdfast::runtime
