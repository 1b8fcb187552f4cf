// The words of notifications.
#pragma once

#include <set>
#include <string>

#include "model/notification.h"
#include "model/state.h"

namespace holdfast::notify {

/// `c failed: ...; not b: it is away [N4]`
std::string line_of(const ClusterConfig& config, const Decision& decision);

/// "a", "a and b", "a, b and 58 more"
std::string some_of(const std::vector<std::string>& names);
std::vector<std::string> texts_of(const std::set<ResourceName>& names);

/// With what every notification has.
Notification make(const ClusterState& state, NotificationKind kind, Severity severity, std::string subject);

/// " is" or " are"
const char* is_or_are(std::size_t count);

}  // namespace holdfast::notify
