// What the Corosync engine tells its operator, beyond views and links.
#pragma once

#include <functional>
#include <string>

#include "model/action.h"

namespace holdfast::corosync {

enum class NoticeKind : std::uint8_t {
  started,                ///< corosync was started, or started again
  attached,               ///< corosync was running already, with our configuration
  ended,                  ///< corosync ended by itself; it is started again
  cannot_start,           ///< it could not be started; it is tried again
  configuration_changed,  ///< corosync runs with an older configuration and is restarted
  foreign_packets,        ///< packets that our key does not open (another cluster, another key)
  no_realtime,            ///< real-time priority was refused
  silent,                 ///< corosync does not answer a call
  answers,                ///< it does again
  not_our_node,           ///< corosync calls this node by another number
  dropped,                ///< a message was not sent: too large, or too many waited
};

/// One line. Repeats of one kind about one thing come at most once a minute.
struct Notice {
  NoticeKind kind = NoticeKind::started;
  Severity severity = Severity::info;
  std::string text;
};

using NoticeSink = std::function<void(const Notice&)>;

}  // namespace holdfast::corosync
