#include "notify/teller.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/format.h"
#include "core/knowledge.h"
#include "notify/wording.h"

namespace holdfast::notify {

namespace {

NodeId teller_of(const ViewSynced& view) {
  for (std::size_t i = 0; i < view.members.size() && i < view.reports.size(); ++i)
    if (view.reports[i].settled) return view.members[i];
  return view.members.empty() ? NodeId{} : view.members.front();
}

Notification started(NodeId self, const ClusterState& state) {
  const std::string name = state.config->name_of(self);
  Notification made = make(state, NotificationKind::node_started, Severity::notify, format("{} has started", name));
  made.node = name;
  return made;
}

void append(std::vector<Notification>& to, std::vector<Notification> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Notification> Teller::take(const Event& event, const Outcome& outcome, const ClusterState& state) {
  while (!recent_.empty() && state.now.millis - recent_.front().at.millis > doubt) recent_.pop_front();
  std::vector<Notification> told;
  if (const auto* view = std::get_if<ViewSynced>(&event)) take_view(*view, state, told);
  std::vector<Notification> seen = findings_.take(event, outcome, state);
  append(seen, paths_.take(event, state));
  append(seen, moves_.take(event, outcome, state));
  if (teller_ == self_) {
    append(told, std::move(seen));
  } else {
    for (Notification& one : seen) recent_.push_back(std::move(one));
  }
  for (Notification& one : told) one.teller = state.config->name_of(self_);
  return told;
}

/// A node tells its own start: nobody else knows whether it was one.
void Teller::take_view(const ViewSynced& view, const ClusterState& state, std::vector<Notification>& told) {
  const std::optional<NodeId> before = std::exchange(teller_, teller_of(view));
  if (!before) told.push_back(started(self_, state));
  if (!before || teller_ != self_ || before == self_) return recent_.clear();
  const Standing standing = core::standing_of(state, *before);
  if (standing == Standing::failed || standing == Standing::daemon_dead)
    for (Notification& one : recent_) {
      one.lines.push_back(
          format("{} was to tell this and was lost: perhaps it is told twice", state.config->name_of(*before)));
      told.push_back(std::move(one));
    }
  recent_.clear();
}

std::optional<Notification> Teller::leave(const ClusterState& state) const {
  if (state.members.size() > 1 || teller_ != self_) return std::nullopt;
  const std::string name = state.config->name_of(self_);
  Notification made = make(state, NotificationKind::node_stopping, Severity::notify,
                           format("{} stops, and no other node is there", name));
  made.node = name;
  made.teller = name;
  return made;
}

}  // namespace holdfast::notify
