#include <algorithm>

#include "base/format.h"
#include "base/overloaded.h"
#include "core/report.h"
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

void Node::Parts::step(NodeId sender, const Event& event, WallTime at) {
  journal_.before_step(state_, incarnation_);
  const Outcome outcome = core::step(state_, event, at);
  journal_.after_step(sender, event, at, outcome, state_);
  for (const Decision& decision : outcome.decisions) remember(decision);
  if (observer_ != nullptr) observer_->on_step(event, outcome, state_);
  for (const Action& action : outcome.actions) carry_out(action);
  activate_when_all_have_it();
  durable_.mark([this] { keep(); });
}

/// Writes down what must outlast this life, if it changed (E2).
void Node::Parts::keep() { durable_.save(core::make_durable(state_, self(), incarnation_, settings_.boot)); }

/// B5: on the node that stops it, word for word what monitoring of LifeKeeper's logs looks for. Elsewhere empty.
std::string Node::Parts::removal_line(const Decision& decision) const {
  const bool removes = decision.message == static_cast<std::uint32_t>(core::Message::removed_lower_priority);
  if (!removes || decision.node != self() || decision.reason.rejected.empty()) return {};
  return format(
      "Process: commup_resrem({}) *ERROR* (No. 1705) Resource ({}) is in-service on local system and ({}) system. "
      "Removing it from service on local system because it is lower in prioirty.",
      settings_.pid, decision.resource.value, name_of(decision.reason.rejected.front().node));
}

void Node::Parts::remember(const Decision& decision) {
  decisions_.push_back({ports_.clock.wall(), state_.epoch, decision});
  if (decisions_.size() > decisions_kept) decisions_.pop_front();
  if (const std::string line = removal_line(decision); !line.empty())
    return lines_.write({decision.severity, "core", {}, decision.resource, decision.message, line});
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
                          expect_new_nodes();
                          take_configuration(adopted.text, std::to_string(adopted.stamp.generation - 1));
                        },
                        [&](const AnswerRequest& answer) { take_answer(answer); }},
             action);
}

void Node::Parts::take_answer(const AnswerRequest& answer) {
  const bool ours = answer.request.origin == self();
  if (ours) {
    book_.remove_request(answer.request);
    keep();  // what an operator was told outlasts a power failure (O1)
    answer_when_kept(answer);
  }
  if (!ours && tells_to_leave(answer)) leave_as_told();
}

/// O4: the cluster has decided that nothing keeps this node any more.
bool Node::Parts::tells_to_leave(const AnswerRequest& answer) const {
  const auto asked = state_.requests.find(answer.request);
  return answer.kind == AnswerKind::done && asked != state_.requests.end() && asked->second.answered &&
         asked->second.request.kind == RequestKind::leave && asked->second.target == self();
}

void Node::Parts::leave_as_told() {
  if (told_to_leave_) told_to_leave_();
}

/// It is no longer open meanwhile: a new view must not ask the same again.
void Node::Parts::answer_when_kept(const AnswerRequest& answer) {
  const bool leaves = tells_to_leave(answer);
  auto done = requests_.take(answer.request);
  if (!done) {
    if (leaves) leave_as_told();
    return;
  }
  when_told([this, leaves, answer, done = std::move(done)] {
    durable_.when_kept(answer_limit, [this, leaves, answer, done](Kept kept) {
      const char* doubt = kept == Kept::yes ? "" : " (the disk of this node has not taken it)";
      done({answer.kind, answer.text + doubt});
      if (leaves) leave_as_told();
    });
  });
}

/// L5: a timer that ran out while this node slept says nothing of the others.
void Node::Parts::fire(TimerId timer) {
  look();
  // O1, L9: those that stay without this node live, and let it in again before long, or have and form a ring with it.
  const bool behind = timer.kind == TimerKind::startup_wait && connectivity_ &&
                      (connectivity_->left_behind() || connectivity_->waits());
  if (holding() || behind) return timers_.repeat(timer, held_timer_delay);
  tell(TimerFired{timer});
}

}  // namespace holdfast::runtime
