// The ways out. Each blocks until the receiver has answered, for half a minute at most, or until `give_up` is set.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "model/notification.h"
#include "model/notify.h"

namespace holdfast::notify {

struct Sent {
  bool taken = false;
  std::string text;  ///< one line: what the receiver said, or why it could not be told
};

using Notifications = std::vector<Notification>;
using GiveUp = std::atomic<bool>;

/// All in one mail (RFC 5322, SMTP).
Sent send_mail(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up);
/// A POST of JSON. `all` holds one.
Sent send_webhook(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up);
/// An SNMPv2c trap, or an inform, which the receiver confirms, to the first of `target.hosts`. `all` holds one.
Sent send_trap(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up);
/// Runs it: the event in its environment, and as JSON on its standard input. `all` holds one.
Sent run_program(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up);

/// By `target.by`.
Sent send(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up);

}  // namespace holdfast::notify
