#include "runtime/guards.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast::runtime {

namespace {

constexpr Micros question_interval = Millis{2000};
constexpr Micros repeat_interval = Millis{300};
/// A witness that refuses once may have been lost on the way: so many in a row are an answer.
constexpr int refusals_that_count = 3;
constexpr Micros reset_complaint_interval = Millis{10'000};

}  // namespace

Guards::Guards(NodeId self, QuorumKind kind, Clock& clock, GuardPorts ports, FactBook& book, Lines& lines, Tell tell)
    : self_(self),
      clock_(clock),
      ports_(std::move(ports)),
      book_(book),
      lines_(lines),
      tell_(std::move(tell)),
      kind_(kind) {
  listen();
}

void Guards::listen() {
  if (ports_.witness == nullptr) return;
  ports_.witness->watch([this, witness = witness_] {
    if (epoch_ && witness == witness_) ask();
  });
}

void Guards::reconfigure(const ClusterConfig& before, const std::shared_ptr<const ClusterConfig>& config) {
  if (!ports_.renew || (before.quorum == config->quorum && before.nodes == config->nodes)) return;
  ++witness_;
  kind_ = config->quorum.kind;
  ports_.witness = ports_.renew(config);
  asking_ = ask_again_ = false;
  refusals_ = 0;
  next_question_.reset();
  Quorum same = config->quorum;
  same.loss = before.quorum.loss;
  if (same != before.quorum) book_.forget_witness();
  listen();
  if (epoch_ && ports_.witness != nullptr) ask();
}

void Guards::entered(const Epoch& epoch, const std::vector<NodeId>& members) {
  epoch_ = epoch;
  members_ = members;
  for (const NodeId member : members)
    if (running_.contains(member)) ports_.fence->cancel(member);
  refusals_ = 0;
  if (ports_.witness != nullptr) ask();
}

void Guards::left() {
  epoch_.reset();
  next_question_.reset();
}

/// One question at a time: an answer to an older one could overtake.
void Guards::ask() {
  if (asking_) {
    ask_again_ = true;
    return;
  }
  asking_ = true;
  ports_.witness->ask(members_, [this, witness = witness_, asked_in = *epoch_](WitnessAnswer answer) {
    take(witness, asked_in, std::move(answer));
  });
}

void Guards::take(std::uint64_t witness, const Epoch& asked_in, WitnessAnswer answer) {
  if (witness != witness_) return;
  asking_ = false;
  if (!epoch_) return;
  // G1: an answer to a question of an older view says nothing of this one.
  if (std::exchange(ask_again_, false) || asked_in != *epoch_) return ask();
  refusals_ = answer.quorate ? 0 : refusals_ + 1;
  if (!answer.quorate && refusals_ < refusals_that_count) return ask_after(repeat_interval);
  const std::optional<WitnessFact>& before = book_.own().witness;
  const bool told = before && before->epoch == asked_in && before->quorate == answer.quorate;
  if (!told || before->text != answer.text)
    lines_.write(answer.quorate ? Severity::info : Severity::warning, "quorum",
                 answer.quorate ? Note::quorum_answered : Note::quorum_refused,
                 format("{}: {}", answer.quorate ? "quorum" : "no quorum", answer.text));
  const auto event =
      book_.set_witness({asked_in, answer.quorate, std::move(answer.fresh), std::move(answer.text), kind_});
  ask_after(question_interval);
  if (event) tell_(*event);
}

void Guards::ask_after(Micros delay) {
  next_question_ = clock_.after(delay, [this] {
    const auto fired = std::move(next_question_);
    if (epoch_) ask();
  });
}

void Guards::fence(const FenceNode& order, const ClusterConfig& config) {
  const auto running = running_.find(order.target);
  if (running != running_.end() && running->second.level == order.level) {
    running->second = order;
    return tell_fence(order.target, {order.id, order.level, FenceOutcome::running, {}});
  }
  const auto known = book_.own().fences.find(order.target);
  if (known != book_.own().fences.end() && known->second.operation == order.id)
    return tell_(book_.tell_fence_again(order.target));
  Ordered ordered{order, std::nullopt};
  if (const NodeConfig* target = config.node(order.target); target != nullptr && order.level < target->fence.size()) {
    const FenceLevel& level = target->fence[order.level];
    ordered.what = FenceOrder{order.target, target->name, level.agent, level.parameters, order.delay, level.timeout};
  }
  if (!held_) return begin(ordered);
  std::erase_if(waiting_, [&](const Ordered& one) { return one.order.target == order.target; });
  waiting_.push_back(std::move(ordered));
}

void Guards::go_on() {
  held_ = false;
  for (const Ordered& ordered : std::exchange(waiting_, {})) begin(ordered);
}

void Guards::begin(const Ordered& ordered) {
  const auto& [order, what] = ordered;
  if (!what || ports_.fence == nullptr)
    return tell_fence(order.target, {order.id, order.level, FenceOutcome::failed,
                                     what ? "this node cannot run fence agents" : "there is no such fence level"});
  // A run of another level goes on without us: its end is told, and moves nothing.
  if (running_.contains(order.target)) ports_.fence->cancel(order.target);
  lines_.write(Severity::warning, "fencing", Note::fencing_begins,
               format("{} is being fenced: level {}, {}{}", what->target_name, order.level + 1, what->agent,
                      order.delay.count() == 0 ? std::string{} : format(", after {} ms", order.delay.count())));
  running_[order.target] = order;
  tell_fence(order.target, {order.id, order.level, FenceOutcome::running, {}});
  ports_.fence->fence(*what, [this, run = ++runs_, target = order.target](const FenceResult& result) {
    if (latest_[target] == run) ended(target, result);
  });
  latest_[order.target] = runs_;
}

void Guards::ended(NodeId target, const FenceResult& result) {
  const auto found = running_.find(target);
  if (found == running_.end()) return;
  const FenceNode order = found->second;
  running_.erase(found);
  const bool off = result.verdict == FenceVerdict::off;
  lines_.write(off ? Severity::notify : Severity::error, "fencing", off ? Note::fenced : Note::fencing_failed,
               format("level {}: {}", order.level + 1, result.text));
  tell_fence(target, {order.id, order.level, off ? FenceOutcome::off : FenceOutcome::failed, result.text});
}

void Guards::tell_fence(NodeId target, FenceFact fact) {
  if (const auto event = book_.set_fence(target, std::move(fact))) tell_(*event);
}

void Guards::reset(const ResetNode& order) {
  if (reset_failed_ && clock_.now() - *reset_failed_ < reset_complaint_interval) return;
  lines_.write(
      Severity::error, "reset", Note::resetting,
      format("this node is {} at once: {}", order.how == ResetHow::halt ? "switched off" : "reset", order.reason.text));
  const std::string why = ports_.reset == nullptr ? "no way to reset this node" : ports_.reset->reset(order.how);
  reset_failed_ = clock_.now();
  if (!why.empty()) lines_.write(Severity::error, "reset", Note::reset_failed, why);
}

}  // namespace holdfast::runtime
