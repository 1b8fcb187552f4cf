// A mail about one or several notifications, as it goes over the wire.
#pragma once

#include <string>
#include <vector>

#include "model/notification.h"
#include "model/notify.h"

namespace holdfast::notify {

/// The gravest first; plain ASCII, at most 160 bytes: "[demo] c failed; db goes to b (and 2 more)".
std::string mail_subject(const std::vector<Notification>& all);

/// Headers and body with CRLF ends; no line is longer than 900 bytes. `id` makes its Message-ID, the same in every
/// attempt, by which a receiver knows a repetition.
std::string mail_text(const NotifyTarget& target, const std::vector<Notification>& all, const std::string& id);

/// "2026-01-31 12:00:00.123 UTC"
std::string utc_words(WallTime time);

}  // namespace holdfast::notify
