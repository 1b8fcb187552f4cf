#include "runtime/journal.h"

#include <utility>

#include "base/format.h"

namespace holdfast::runtime {

namespace {
constexpr Micros retry_delay = Millis{5000};
}

void Journal::before_step(const ClusterState& state, std::uint64_t incarnation) {
  if (store_ == nullptr) return;
  writes_ = true;
  const JournalStanding standing = store_->standing();
  const bool trouble = in_trouble(standing);
  if (trouble && (clock_.now() - tried_ < retry_delay || !store_->takes())) {
    writes_ = false;
    return;
  }
  if (trouble || begun_ == 0 || bytes_ >= segment_bytes_) return begin(state, incarnation);
  if (!replaced_) return;
  std::string record = snapshot(state, incarnation, 0);
  bytes_ += record.size();
  store_->append(std::move(record));
}

void Journal::begin(const ClusterState& state, std::uint64_t incarnation) {
  tried_ = clock_.now();
  ++begun_;
  const std::uint64_t lost = store_->standing().lost + skipped_;
  std::string record = snapshot(state, incarnation, lost - std::exchange(told_lost_, lost));
  bytes_ = record.size();
  store_->begin(std::move(record));
}

std::string Journal::snapshot(const ClusterState& state, std::uint64_t incarnation, std::uint64_t lost) {
  wire::JournalSnapshot head;
  head.position = position_;
  head.wall = clock_.wall();
  head.incarnation = incarnation;
  head.replaced = std::exchange(replaced_, false);
  head.lost = lost;
  return wire::encode_snapshot(head, state);
}

void Journal::after_step(NodeId sender, const Event& event, WallTime at, const Outcome& outcome,
                         const ClusterState& state) {
  if (store_ == nullptr) return;
  if (std::holds_alternative<ViewSynced>(event))
    position_ = {state.epoch, 0};
  else
    ++position_.number;
  if (!writes_) {
    ++skipped_;
    return;
  }
  wire::JournalStep step{position_, sender, at, clock_.wall(), {}, wire::digest_of(outcome), {}};
  if (position_.number % wire::digest_stride(*state.config) == 0) step.state = wire::journal_digest(state);
  std::string record = wire::encode_step(step, event);
  bytes_ += record.size();
  store_->append(std::move(record));
}

void Journal::look() {
  if (store_ == nullptr || begun_ == 0) return;
  const JournalStanding standing = store_->standing();
  if (in_trouble(standing)) {
    if (!std::exchange(told_, true))
      lines_.write(Severity::warning, "daemon", Note::journal_gap,
                   format("the journal has a gap: {}; this node goes on without", standing.trouble));
  } else if (told_ && standing.segments == begun_) {
    told_ = false;
    lines_.write(Severity::notify, "daemon", Note::journal_works,
                 format("the journal is written again; {} events are missing in it", standing.lost + skipped_));
  }
}

}  // namespace holdfast::runtime
