#include "daemon/node_watchdog.h"

#include <utility>

#include "base/format.h"

namespace holdfast::daemon {

namespace {

/// docs/messages.md
enum class Message : std::uint32_t {
  watchdog_armed = 5056,
  watchdog_failed = 5057,
  watchdog_not_fed = 5058,
};

void write(LogSink& log, Severity severity, Message message, std::string text) {
  log.write({severity, "watchdog", "", {}, static_cast<std::uint32_t>(message), std::move(text)});
}

}  // namespace

NodeWatchdog::NodeWatchdog(boost::asio::io_context& loop, WatchdogSettings settings,
                           std::function<core::Feeding()> feeding, LogSink& log)
    : settings_(std::move(settings)),
      feeding_(std::move(feeding)),
      log_(log),
      client_(loop, settings_,
              {[this](const std::string& name) { tell_armed(name, "guards this node again"); },
               [this] { return may_be_fed(); },
               [this](std::string text) { write(log_, Severity::error, Message::watchdog_failed, std::move(text)); }}) {
}

Result<void> NodeWatchdog::arm() {
  const Result<std::string> armed = client_.arm();
  if (!armed) return failure(format("watchdog: {}; a node without it must not take part", armed.error().text));
  tell_armed(*armed, "guards this node");
  return {};
}

void NodeWatchdog::tell_armed(const std::string& name, const char* what) {
  write(
      log_, Severity::notify, Message::watchdog_armed,
      format("{} ({}) {}: reset {} ms after it was fed last", settings_.device, name, what, settings_.timeout.count()));
}

bool NodeWatchdog::may_be_fed() {
  const core::Feeding feeding = feeding_();
  const bool fed = feeding == core::Feeding::yes;
  if (feeding != std::exchange(told_, feeding))
    write(log_, fed ? Severity::notify : Severity::warning, Message::watchdog_not_fed,
          fed ? "the watchdog is fed again"
              : format("the watchdog is not fed: {}; this machine is reset if that lasts", core::why_not_fed(feeding)));
  return fed;
}

}  // namespace holdfast::daemon
