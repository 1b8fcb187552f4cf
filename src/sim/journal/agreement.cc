#include "sim/journal/agreement.h"

#include <algorithm>
#include <map>

#include "base/format.h"

namespace holdfast::sim {

namespace {

using Steps = std::map<std::uint64_t, const ReplayedStep*>;  ///< of one epoch, by number
using Epochs = std::map<Epoch, Steps>;

/// The sides of a cut may each apply the last messages of their own (engine.md 2.5); then the view ends at once. A side
/// that stood still meanwhile does so late, but nobody tells anything new in a ring that has lost its token.
constexpr std::int64_t shortest_limit_millis = 2000;
constexpr std::int64_t tokens = 3;          ///< a ring without its token ends after about 2.2 of its timeouts
constexpr std::size_t most_in_flight = 16;  ///< events

Epochs epochs_of(const Replayed& node) {
  Epochs epochs;
  for (const ReplayedStep& step : node.steps) epochs[step.position.epoch][step.position.number] = &step;
  return epochs;
}

std::int64_t longest_end(const Replayed& a, const Replayed& b) {
  return std::max(shortest_limit_millis, tokens * std::max(a.token, b.token).count());
}

bool ends_within(std::int64_t millis, const Steps& steps, std::uint64_t from) {
  const WallTime begin = steps.at(from)->wall;
  return steps.rbegin()->second->wall.millis - begin.millis <= millis;
}

bool ends_with_few(const Steps& steps, std::uint64_t from) {
  return static_cast<std::size_t>(std::distance(steps.find(from), steps.end())) <= most_in_flight;
}

/// The view that the node entered after this one; none: it was its last.
std::optional<Epoch> next_after(const Replayed& node, const Epoch& epoch) {
  const auto of_epoch = [&](const ReplayedStep& step) { return step.position.epoch == epoch; };
  const auto last = std::find_if(node.steps.rbegin(), node.steps.rend(), of_epoch).base();
  return last == node.steps.end() ? std::nullopt : std::optional(last->position.epoch);
}

class Comparison {
 public:
  Comparison(const Replayed& a, const Replayed& b, Agreement& agreement)
      : names_(a.head.name + " and " + b.head.name), longest_end_(longest_end(a, b)), agreement_(agreement) {}

  /// `apart`: they did not go on into one view.
  void compare(const Steps& a, const Steps& b, bool apart) {
    for (const auto& [number, step] : a) {
      const auto other = b.find(number);
      if (other == b.end()) continue;
      if (step->event != other->second->event) return went_apart(a, b, *step, apart);
      if (!equal(*step, *other->second)) return;
      ++agreement_.positions;
    }
  }

 private:
  bool equal(const ReplayedStep& a, const ReplayedStep& b) {
    // What a view's members tell of it depends on what each knew before; what they make of it does not.
    const bool outcome = a.position.number == 0 || a.outcome == b.outcome;
    const bool state = !a.state || !b.state || *a.state == *b.state;
    if (!outcome || !state)
      agreement_.difference = format("{}: the same events lead to different {} at position {}", names_,
                                     state ? "outcomes" : "states", words_of(a.position));
    return outcome && state;
  }

  void went_apart(const Steps& a, const Steps& b, const ReplayedStep& step, bool apart) {
    const std::uint64_t number = step.position.number;
    const std::string text = format("{}: different events from position {} on", names_, words_of(step.position));
    const bool soon = ends_within(longest_end_, a, number) && ends_within(longest_end_, b, number);
    const bool few = apart && ends_with_few(a, number) && ends_with_few(b, number);
    // Position 0 is the view: one side of a cut may have closed the sync without the other, which had just answered.
    if (soon || (few && number > 0))
      agreement_.notes.push_back(text + ", where the view ended: the sides of a cut");
    else
      agreement_.difference = text;
  }

  std::string names_;
  std::int64_t longest_end_;
  Agreement& agreement_;
};

}  // namespace

Agreement agreement_of(const std::vector<Replayed>& nodes) {
  Agreement agreement;
  std::vector<Epochs> epochs;
  for (const Replayed& node : nodes) epochs.push_back(epochs_of(node));
  for (std::size_t a = 0; a < nodes.size(); ++a)
    for (std::size_t b = a + 1; b < nodes.size(); ++b) {
      if (nodes[a].head.cluster != nodes[b].head.cluster) continue;
      Comparison comparison(nodes[a], nodes[b], agreement);
      for (const auto& [epoch, steps] : epochs[a]) {
        const auto other = epochs[b].find(epoch);
        if (other == epochs[b].end()) continue;
        comparison.compare(steps, other->second, next_after(nodes[a], epoch) != next_after(nodes[b], epoch));
        if (agreement.difference) return agreement;
      }
    }
  return agreement;
}

}  // namespace holdfast::sim
