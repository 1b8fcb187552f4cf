#include "sim/journal/story.h"

#include <algorithm>
#include <chrono>

#include "base/format.h"
#include "base/overloaded.h"
#include "model/names.h"

namespace holdfast::sim {

namespace {

std::string fact_words(const ClusterConfig& config, const ResourceChanged& change) {
  std::string text = format("{} {}", change.resource.value, name_of(change.fact.state));
  if (!change.fact.cause.empty()) text += ": " + change.fact.cause;
  return config.resources.contains(change.resource) ? text : text + " (not configured)";
}

/// What a node told, if it is not told by step_lines() or the paths.
std::string event_words(const ClusterConfig& config, const Event& event) {
  return std::visit(
      Overloaded{[&](const ResourceChanged& e) { return fact_words(config, e); },
                 [&](const Requested& e) { return "request: " + request_words(config, e.request); },
                 [&](const WitnessChanged& e) {
                   return format("witness: {}{}", e.witness.quorate ? "quorum" : "no quorum",
                                 e.witness.text.empty() ? "" : ", " + e.witness.text);
                 },
                 [&](const FenceChanged& e) {
                   return format("fencing {}: {}", node_name(config, e.target), name_of(e.fence.outcome));
                 },
                 [&](const ConfigStored& e) { return format("has stored configuration {:016x}", e.config.value); },
                 [](const auto&) { return std::string{}; }},
      event);
}

/// What the core wants done. A timer's reason is among the decisions.
std::string action_words(const ClusterConfig& config, const Action& action) {
  return std::visit(
      Overloaded{[&](const RunOperation& a) {
                   return format("orders {} {} on {} [{}]", name_of(a.kind), a.resource.value,
                                 node_name(config, a.node), a.reason.rule);
                 },
                 [&](const FenceNode& a) {
                   return format("orders {} to fence {} [{}]", node_name(config, a.executor),
                                 node_name(config, a.target), a.reason.rule);
                 },
                 [&](const ResetNode& a) {
                   return format("orders {} to reset itself [{}]", node_name(config, a.node), a.reason.rule);
                 },
                 [&](const AnswerRequest& a) { return format("answer: {}: {}", name_of(a.kind), a.text); },
                 [](const auto&) { return std::string{}; }},
      action);
}

}  // namespace

std::string shown(WallTime time) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{time.millis}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{point - day};
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

void JournalStory::take(const wire::JournalStep& step, const Outcome& outcome, const ClusterState& state) {
  if (!told_.insert(step.position).second) return;
  const ClusterConfig& config = *state.config;
  if (const auto* links = std::get_if<LinksChanged>(&step.event))
    for (const std::string& line : links_.take(config, *links)) tell(state, links->node, line);
  if (const std::string words = event_words(config, step.event); !words.empty()) tell(state, step.sender, words);
  for (const std::string& line : step_lines(config, step.event, outcome)) tell(state, state.epoch.leader, line);
  for (const Action& action : outcome.actions)
    if (const std::string words = action_words(config, action); !words.empty()) tell(state, state.epoch.leader, words);
}

void JournalStory::tell(const ClusterState& state, NodeId node, const std::string& text) {
  lines_.push_back({state.now, node_name(*state.config, node), text});
}

std::vector<std::string> JournalStory::lines() const {
  std::vector<const Line*> sorted;
  std::size_t width = 1;
  for (const Line& line : lines_) {
    sorted.push_back(&line);
    width = std::max(width, line.node.size());
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Line* a, const Line* b) { return a->at < b->at; });
  std::vector<std::string> lines;
  for (const Line* line : sorted)
    lines.push_back(format("{} {:<{}} {}", shown(line->at), line->node, width, line->text));
  return lines;
}

}  // namespace holdfast::sim
