#include "notify/moves.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"
#include "core/report.h"
#include "notify/wording.h"

namespace holdfast::notify {

namespace {

using core::Message;

constexpr std::int64_t longest_wait = 30'000;  ///< ms that what has ended waits for other hierarchies of a takeover

bool is(const Decision& decision, Message message) { return decision.message == static_cast<std::uint32_t>(message); }

/// Where it was to start, it did not, or nothing more is tried.
bool ends_badly(const Decision& decision) {
  return is(decision, Message::start_failed_linux) || is(decision, Message::start_failed_windows) ||
         is(decision, Message::stop_failed) || is(decision, Message::no_takeover) ||
         is(decision, Message::failed_everywhere) || is(decision, Message::failover_limit);
}

const ResourceName* key_of(const ClusterState& state, const ResourceName& resource) {
  const Hierarchy* hierarchy = core::hierarchy_of(state, resource);
  return hierarchy == nullptr ? nullptr : &hierarchy->key;
}

std::set<ResourceName> wanted(const ClusterState& state, const ResourceName& resource) {
  std::set<ResourceName> names;
  if (const Intent* intent = intent_for(state, resource))
    for (const auto& [name, version] : intent->wanted) names.insert(name);
  return names;
}

}  // namespace

std::vector<Notification> Moves::take(const Event& event, const Outcome& outcome, const ClusterState& state) {
  Told told;
  follow_recoveries(event, outcome, state, told);
  follow(outcome, state, told);
  begin(outcome, state, told);
  follow(Outcome{}, state, told);  // what was whole at once
  end_takeovers(state, told);
  follow_requests(outcome, state, told);
  return told;
}

void Moves::begin(const Outcome& outcome, const ClusterState& state, Told& told) {
  for (const Decision& decision : outcome.decisions) {
    const bool takes_over = is(decision, Message::takeover);
    const bool fails_over = is(decision, Message::failover);
    const bool goes_home = is(decision, Message::switchback) || is(decision, Message::leaving);
    const ResourceName* key = key_of(state, decision.resource);
    if (key == nullptr || !(takes_over || fails_over || goes_home)) continue;
    const Intent* intent = intent_for(state, decision.resource);
    if (intent == nullptr || !intent->home) continue;
    Move move{takes_over   ? Why::takeover
              : fails_over ? Why::failover
                           : Why::switchover,
              {},
              *intent->home,
              wanted(state, decision.resource),
              {line_of(*state.config, decision)}};
    if (takes_over && intent->takeover) move.from = intent->takeover->from;
    moves_[*key] = move;
    if (!goes_home) continue;
    told.push_back(make(state, NotificationKind::switchover_begun, Severity::notify, decision.reason.text));
    told.back().resources = texts_of(move.resources);
    told.back().node = state.config->name_of(move.to);
    told.back().lines = move.lines;
  }
}

void Moves::follow(const Outcome& outcome, const ClusterState& state, Told& told) {
  std::map<ResourceName, const Decision*> bad;
  for (const Decision& decision : outcome.decisions)
    if (const ResourceName* key = key_of(state, decision.resource); key != nullptr && ends_badly(decision))
      bad[*key] = &decision;
  std::vector<ResourceName> over;
  for (const auto& [key, move] : moves_) {
    const Hierarchy* hierarchy = core::hierarchy_of(state, key);
    const Intent* intent = hierarchy == nullptr ? nullptr : intent_for(state, key);
    const auto failure = bad.find(key);
    if (failure != bad.end()) {
      end(state, move, line_of(*state.config, *failure->second), told);
    } else if (intent != nullptr && intent->home == move.to && !intent->wanted.empty()) {
      if (!core::is_member(state, move.to) || !core::is_whole(state, *hierarchy)) continue;
      end(state, move, {}, told);
    }  // else: an operator or another rule wants something else by now, and says so itself
    over.push_back(key);
  }
  for (const ResourceName& key : over) moves_.erase(key);
}

void Moves::end(const ClusterState& state, const Move& move, const std::string& failure, Told& told) {
  const bool failed = !failure.empty();
  if (move.why == Why::takeover) {
    Ended& ended = ended_.try_emplace(move.from, Ended{state.now, {}, {}, {}}).first->second;
    for (const ResourceName& name : move.resources) {
      if (!failed || core::fact_of(state, move.to, name).state == ResourceState::in_service)
        ended.done[move.to].insert(name);
      else
        ended.failed.insert(name);
    }
    if (failed) ended.lines.push_back(failure);
    return;
  }
  const std::string what = some_of(texts_of(move.resources));
  const bool failover = move.why == Why::failover;
  const NotificationKind kind =
      failover ? (failed ? NotificationKind::failover_failed : NotificationKind::failover_done)
               : (failed ? NotificationKind::switchover_failed : NotificationKind::switchover_done);
  const std::string to = state.config->name_of(move.to);
  const char* word = failover ? "failover" : "switchover";
  told.push_back(make(
      state, kind, failed ? Severity::error : Severity::notify,
      failed ? format("{} of {} to {} failed", word, what, to) : format("{} of {} to {} is complete", word, what, to)));
  told.back().node = to;
  told.back().resources = texts_of(move.resources);
  if (failed) told.back().lines.push_back(failure);
  for (const std::string& line : move.lines) told.back().lines.push_back(line);
}

/// One for all hierarchies of a lost node, when the last of them has ended (traps 121, 122).
void Moves::end_takeovers(const ClusterState& state, Told& told) {
  for (auto ended = ended_.begin(); ended != ended_.end();) {
    const bool others = std::any_of(moves_.begin(), moves_.end(), [&](const auto& entry) {
      return entry.second.why == Why::takeover && entry.second.from == ended->first;
    });
    if (others && state.now.millis - ended->second.since.millis < longest_wait) {
      ++ended;
      continue;
    }
    const std::string lost = ended->first.value == 0 ? "a lost node" : state.config->name_of(ended->first);
    std::vector<std::string> where;
    std::vector<std::string> recovered;
    for (const auto& [node, names] : ended->second.done) {
      where.push_back(format("{} on {}", some_of(texts_of(names)), state.config->name_of(node)));
      for (const ResourceName& name : names) recovered.push_back(name.value);
    }
    if (!recovered.empty()) {
      told.push_back(make(state, NotificationKind::takeover_done, Severity::notify,
                          format("taken over from {}: {}", lost, some_of(where))));
      told.back().node = state.config->name_of(ended->second.done.begin()->first);
      told.back().resources = std::move(recovered);
      for (const std::string& text : where) told.back().lines.push_back(format("in service: {} [N4]", text));
    }
    if (!ended->second.failed.empty()) {
      told.push_back(make(state, NotificationKind::takeover_failed, Severity::error,
                          format("takeover from {} failed: {}", lost, some_of(texts_of(ended->second.failed)))));
      told.back().node = lost;
      told.back().resources = texts_of(ended->second.failed);
      told.back().lines = ended->second.lines;
    }
    ended = ended_.erase(ended);
  }
}

/// O2: a switchover is over when its operator has the answer.
void Moves::follow_requests(const Outcome& outcome, const ClusterState& state, Told& told) {
  const auto target = [&](const Request& request) {
    return request.node ? state.config->name_of(*request.node) : std::string("another node");
  };
  for (const auto& [id, pending] : state.requests) {
    if (pending.request.kind != RequestKind::move || !asked_.emplace(id, pending.request).second) continue;
    told.push_back(make(state, NotificationKind::switchover_begun, Severity::notify,
                        format("an operator moves {} to {}", pending.request.resource.value, target(pending.request))));
    told.back().resources = texts_of(wanted(state, pending.request.resource));
    told.back().node = target(pending.request);
  }
  for (const Action& action : outcome.actions) {
    const auto* answer = std::get_if<AnswerRequest>(&action);
    const auto request = answer == nullptr ? asked_.end() : asked_.find(answer->request);
    if (request == asked_.end()) continue;
    const bool done = answer->kind == AnswerKind::done;
    told.push_back(make(state, done ? NotificationKind::switchover_done : NotificationKind::switchover_failed,
                        done ? Severity::notify : Severity::error,
                        format("switchover of {} to {}{}", request->second.resource.value, target(request->second),
                               done ? " is complete" : " failed")));
    told.back().resources = texts_of(wanted(state, request->second.resource));
    if (told.back().resources.empty()) told.back().resources = {request->second.resource.value};
    told.back().node = target(request->second);
    told.back().lines = {answer->text};
    asked_.erase(request);
  }
}

/// F5: that it failed is a decision, told as such.
void Moves::follow_recoveries(const Event& event, const Outcome& outcome, const ClusterState& state, Told& told) {
  if (const auto* change = std::get_if<ResourceChanged>(&event)) {
    const auto recovering = recovering_.find(change->resource);
    const bool here = recovering != recovering_.end() && recovering->second == change->node;
    if (here && change->fact.state == ResourceState::in_service) {
      told.push_back(
          make(state, NotificationKind::recovery_done, Severity::notify,
               format("{} is recovered on {}", change->resource.value, state.config->name_of(change->node))));
      told.back().node = state.config->name_of(change->node);
      told.back().resources = {change->resource.value};
    }
    if (here && change->fact.state != ResourceState::recovering) recovering_.erase(recovering);
  }
  for (const Action& action : outcome.actions) {
    const auto* run = std::get_if<RunOperation>(&action);
    if (run == nullptr || run->kind != OperationKind::recover) continue;
    const auto [entry, first] = recovering_.insert_or_assign(run->resource, run->node);
    if (!first) continue;
    told.push_back(
        make(state, NotificationKind::recovery_begun, Severity::warning,
             format("{} failed on {}: local recovery begins", run->resource.value, state.config->name_of(run->node))));
    told.back().node = state.config->name_of(run->node);
    told.back().resources = {run->resource.value};
    told.back().lines = {format("{} [{}]", run->reason.text, run->reason.rule)};
  }
}

}  // namespace holdfast::notify
