// A notification for programs.
#pragma once

#include <string>

#include "model/notification.h"

namespace holdfast::notify {

/// One object on one line; README of its fields: the operator guide, chapter Notifications. What is no UTF-8 is
/// replaced.
std::string to_json(const Notification& one);

}  // namespace holdfast::notify
