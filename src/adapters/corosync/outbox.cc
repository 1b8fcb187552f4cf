#include "adapters/corosync/outbox.h"

#include <utility>

namespace holdfast::corosync {

Outbox::Added Outbox::add(std::string bytes) {
  const std::lock_guard lock(guard_);
  if (bytes_ + bytes.size() > kMostBytes) return Added::full;
  bytes_ += bytes.size();
  messages_.push_back({given_in_, std::move(bytes)});
  return Added::kept;
}

void Outbox::begin_life() {
  const std::lock_guard lock(guard_);
  ++given_in_;
}

const std::string* Outbox::first() {
  const std::lock_guard lock(guard_);
  while (!messages_.empty() && messages_.front().life < sent_in_) {
    bytes_ -= messages_.front().bytes.size();
    messages_.pop_front();
  }
  return messages_.empty() ? nullptr : &messages_.front().bytes;
}

void Outbox::sent() {
  const std::lock_guard lock(guard_);
  bytes_ -= messages_.front().bytes.size();
  messages_.pop_front();
}

void Outbox::connection_lost() {
  const std::lock_guard lock(guard_);
  ++sent_in_;
}

}  // namespace holdfast::corosync
