#include "agents/ip/duplicate_check.h"

namespace holdfast::agent {
namespace {

constexpr int questions = 4;  // spread over the wait, so that one lost packet or a busy owner does no harm

/// The rival needs one wait after our last question, and some time to add the address and announce it.
Micros time_to_give_way(Micros wait) { return 2 * wait + Millis{20}; }
/// Three rivals, one after the other, fit in.
Micros patience(Micros wait) { return 12 * wait + Millis{200}; }

}  // namespace

DuplicateCheck::DuplicateCheck(const MacAddress& own, Micros wait, Instant now)
    : own_(own), wait_(wait), patience_end_(now + patience(wait)), begin_(now) {}

void DuplicateCheck::probe_from(Instant now) {
  give_way_.reset();
  begin_ = now;
  asked_ = 0;
}

void DuplicateCheck::heard(const Rival& rival, Instant now) {
  // Our own MAC address is our own packet, reflected by a bond or a switch.
  if (rival.mac == own_ || verdict_ == Verdict::held) return;
  rival_ = rival.mac;
  if (rival.claim == Claim::holds) {
    verdict_ = Verdict::held;
    return;
  }
  verdict_ = Verdict::open;
  if (rival.mac < own_)
    give_way_ = now + time_to_give_way(wait_);
  else if (!give_way_)
    probe_from(now);
}

bool DuplicateCheck::ask(Instant now) {
  if (verdict_ != Verdict::open) return false;
  if (give_way_ && now >= *give_way_) probe_from(now);
  if (give_way_ || asked_ == questions || now < wake()) return false;
  ++asked_;
  return true;
}

Instant DuplicateCheck::wake() const {
  if (give_way_) return *give_way_;
  return begin_ + wait_ * asked_ / questions;
}

DuplicateCheck::Verdict DuplicateCheck::verdict(Instant now) {
  if (verdict_ != Verdict::open) return verdict_;
  if (!give_way_ && asked_ == questions && now >= begin_ + wait_)
    verdict_ = Verdict::free;
  else if (now >= patience_end_)
    verdict_ = Verdict::contested;
  return verdict_;
}

}  // namespace holdfast::agent
