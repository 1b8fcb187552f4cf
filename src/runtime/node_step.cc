#include <algorithm>

#include "base/overloaded.h"
#include "core/step.h"
#include "runtime/node_parts.h"

namespace holdfast::runtime {

namespace {
constexpr std::size_t decisions_kept = 2000;
constexpr Micros held_timer_delay = Millis{100};
constexpr Micros answer_limit = Millis{30'000};  ///< so long an answer waits for a disk that hangs
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
  activate_when_all_have_it();
  durable_.mark([this] { keep(); });
}

/// Writes down what must outlast this life, if it changed (E2).
void Node::Parts::keep() { durable_.save(core::make_durable(state_, self(), incarnation_, settings_.boot)); }

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
                        [&](const CancelTimer& timer) { timers_.cancel(timer.timer); },
                        [&](const FenceNode& fence) {
                          if (fence.executor == self()) guards_.fence(fence, config());
                        },
                        [&](const ResetNode& reset) {
                          if (reset.node == self()) guards_.reset(reset);
                        },
                        [&](const AdoptConfiguration& adopted) {
                          take_configuration(adopted.text, std::to_string(adopted.stamp.generation - 1));
                        },
                        [&](const AnswerRequest& answer) {
                          if (answer.request.origin != self()) return;
                          book_.remove_request(answer.request);
                          keep();  // what an operator was told outlasts a power failure (O1)
                          answer_when_kept(answer);
                        }},
             action);
}

/// It is no longer open meanwhile: a new view must not ask the same again.
void Node::Parts::answer_when_kept(const AnswerRequest& answer) {
  auto done = requests_.take(answer.request);
  if (!done) return;
  when_told([this, answer, done = std::move(done)] {
    durable_.when_kept(answer_limit, [answer, done](Kept kept) {
      const char* doubt = kept == Kept::yes ? "" : " (the disk of this node has not taken it)";
      done({answer.kind, answer.text + doubt});
    });
  });
}

/// L5: a timer that ran out while this node slept says nothing of the others.
void Node::Parts::fire(TimerId timer) {
  look();
  if (holding()) return timers_.repeat(timer, held_timer_delay);
  tell(TimerFired{timer});
}

}  // namespace holdfast::runtime
