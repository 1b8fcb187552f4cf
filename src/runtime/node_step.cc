#include <algorithm>

#include "base/overloaded.h"
#include "core/step.h"
#include "runtime/node_parts.h"

namespace holdfast::runtime {

namespace {
constexpr std::size_t decisions_kept = 2000;
constexpr Micros held_timer_delay = Millis{100};
}  // namespace

/// Counts on from the newest time that the view knows; a step of this machine's clock does not move it (E4).
WallTime Node::Parts::cluster_now() const {
  const WallTime counted{clock_base_.millis + (now() - clock_base_at_).count() / 1000};
  return std::max(state_.now, counted);
}

void Node::Parts::step(const Event& event, WallTime at) {
  const Outcome outcome = core::step(state_, event, at);
  for (const Decision& decision : outcome.decisions) remember(decision);
  if (observer_ != nullptr) observer_->on_step(event, outcome, state_);
  for (const Action& action : outcome.actions) carry_out(action);
  durable_.mark([this] {
    look();  // L5: only the time of the write is forgiven, not a pause of the machine before it
    keep();
  });
}

/// Writes down what must outlast this life, if it changed (E2).
void Node::Parts::keep() {
  if (durable_.save_changed(core::make_durable(state_, self(), incarnation_, settings_.boot))) guard_.forgive(now());
}

void Node::Parts::remember(const Decision& decision) {
  decisions_.push_back({ports_.clock.wall(), state_.epoch, decision});
  if (decisions_.size() > decisions_kept) decisions_.pop_front();
  std::string text = decision.reason.text;
  for (const Rejected& rejected : decision.reason.rejected)
    text += "; not " + name_of(rejected.node) + ": " + rejected.why;
  if (!decision.reason.rule.empty()) text += " [" + decision.reason.rule + "]";
  lines_.write({decision.severity, "core", {}, decision.resource, decision.message, std::move(text)});
}

void Node::Parts::carry_out(const Action& action) {
  std::visit(Overloaded{[&](const RunOperation& run) {
                          if (run.node == self()) executor_.operate(run);
                        },
                        [&](const SetTimer& timer) {
                          const auto& members = state_.members;
                          const auto place = std::find(members.begin(), members.end(), self());
                          timers_.set(timer, static_cast<std::size_t>(place - members.begin()));
                        },
                        [&](const CancelTimer& timer) { timers_.cancel(timer.timer); }, [](const FenceNode&) {},
                        [](const ResetNode&) {}, [](const AdoptConfiguration&) {},
                        [&](const AnswerRequest& answer) {
                          if (answer.request.origin != self()) return;
                          book_.remove_request(answer.request);
                          keep();  // what an operator was told outlasts a power failure (O1)
                          requests_.answer(answer.request, {answer.kind, answer.text});
                        }},
             action);
}

/// L5: a timer that ran out while this node slept says nothing of the others.
void Node::Parts::fire(TimerId timer) {
  look();
  if (holding()) return timers_.repeat(timer, held_timer_delay);
  tell(TimerFired{timer});
}

}  // namespace holdfast::runtime
