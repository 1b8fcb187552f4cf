// The words of the enums, as operators read them (contract, section 0), and the limits of the enums' values: the one
// table per enum serves printing, parsing and the check of values that come from outside.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include "model/state.h"

namespace holdfast {

/// `names`: an array of the words, in the order of the enumerators, which count from 0 without a gap.
template <class Enum>
struct EnumNames;

/// `names`: an array of the words for a variant's alternatives, in their order.
template <class Variant>
struct AlternativeNames;

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires {
  EnumNames<T>::names.size();
};

/// The enumerator's word; "?" for a number that is no enumerator.
template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < EnumNames<Enum>::names.size() ? EnumNames<Enum>::names[index] : std::string_view{"?"};
}

/// The enumerator with this word, or none.
template <NamedEnum Enum>
constexpr std::optional<Enum> value_named(std::string_view word) {
  for (std::size_t i = 0; i < EnumNames<Enum>::names.size(); ++i)
    if (EnumNames<Enum>::names[i] == word) return static_cast<Enum>(i);
  return std::nullopt;
}

/// The word of the alternative that the variant holds.
template <class... Alternatives>
constexpr std::string_view name_of(const std::variant<Alternatives...>& value) {
  using Names = AlternativeNames<std::variant<Alternatives...>>;
  static_assert(Names::names.size() == sizeof...(Alternatives));
  return value.index() < Names::names.size() ? Names::names[value.index()] : std::string_view{"?"};
}

namespace names_detail {
template <class... Words>
constexpr auto words(Words... all) {
  return std::array<std::string_view, sizeof...(Words)>{all...};
}
/// True if the table ends with `last`, the enum's last enumerator.
template <class Enum>
constexpr bool ends_with(Enum last) {
  return EnumNames<Enum>::names.size() == static_cast<std::size_t>(last) + 1;
}
}  // namespace names_detail

template <>
struct EnumNames<Profile> {
  static constexpr auto names = names_detail::words("linux", "windows");
};
template <>
struct EnumNames<EngineKind> {
  static constexpr auto names = names_detail::words("corosync", "local");
};
template <>
struct EnumNames<Switchback> {
  static constexpr auto names = names_detail::words("manual", "automatic");
};
template <>
struct EnumNames<ResourceState> {
  static constexpr auto names =
      names_detail::words("unknown", "out-of-service", "starting", "in-service", "stopping", "failed", "recovering");
};
template <>
struct EnumNames<OperationKind> {
  static constexpr auto names = names_detail::words("start", "stop", "monitor", "probe", "recover");
};
template <>
struct EnumNames<OperationOutcome> {
  static constexpr auto names =
      names_detail::words("done", "failed", "timed-out", "could-not-be-run", "held-elsewhere");
};
template <>
struct EnumNames<RequestKind> {
  static constexpr auto names = names_detail::words("start", "stop", "move", "leave", "maintenance", "confirm",
                                                    "confirm-off", "resolve", "apply");
};
template <>
struct EnumNames<Force> {
  static constexpr auto names = names_detail::words("no", "yes");
};
template <>
struct EnumNames<IntentCause> {
  static constexpr auto names = names_detail::words("none", "operator-request", "node-failure", "startup", "adopted",
                                                    "resource-failure", "shutdown", "switchback");
};
template <>
struct EnumNames<StopCause> {
  static constexpr auto names = names_detail::words("operator-request", "failed", "restart", "failed-start",
                                                    "runs-twice", "quorum", "leaving", "switchback");
};
template <>
struct EnumNames<Absence> {
  static constexpr auto names =
      names_detail::words("never-seen", "no-answer", "daemon-dead", "left-in-order", "set-aside", "config-differs");
};
template <>
struct EnumNames<TimerKind> {
  static constexpr auto names = names_detail::words("startup-wait", "daemon-grace", "confirm", "watchdog",
                                                    "fence-window", "switchback", "start-again");
};
template <>
struct EnumNames<AnswerKind> {
  static constexpr auto names = names_detail::words("done", "failed", "refused");
};
template <>
struct EnumNames<Severity> {
  static constexpr auto names = names_detail::words("info", "notify", "warning", "error");
};
template <>
struct EnumNames<Standing> {
  static constexpr auto names =
      names_detail::words("waiting", "online", "failed", "daemon-dead", "left", "set-aside", "config-differs");
};

template <>
struct EnumNames<NotificationKind> {
  static constexpr auto names = names_detail::words(
      "node-started", "node-stopping", "node-stopped", "switchover-begun", "switchover-done", "switchover-failed",
      "node-failed", "takeover-done", "takeover-failed", "recovery-begun", "recovery-failed", "recovery-done",
      "link-up", "link-down", "failover-begun", "failover-done", "failover-failed", "resource-failed", "start-failed",
      "stop-failed", "in-service-twice", "resource-removed", "adopted", "unprotected", "node-back", "daemon-dead",
      "node-set-aside", "configuration-differs", "operator-wanted", "fencing-begun", "node-off", "fencing-failed",
      "quorum-lost", "node-reset", "maintenance", "configuration-changed", "defect", "test");
};
template <>
struct EnumNames<NotifyBy> {
  static constexpr auto names = names_detail::words("mail", "snmp", "webhook", "program");
};
template <>
struct EnumNames<MailTls> {
  static constexpr auto names = names_detail::words("off", "starttls", "tls");
};
template <>
struct EnumNames<QuorumKind> {
  static constexpr auto names = names_detail::words("none", "majority", "tcp", "storage", "qdevice");
};
template <>
struct EnumNames<QdeviceTls> {
  static constexpr auto names = names_detail::words("off", "on", "required");
};
template <>
struct EnumNames<QuorumLoss> {
  static constexpr auto names = names_detail::words("stop", "reboot", "halt");
};
template <>
struct EnumNames<ShutdownStrategy> {
  static constexpr auto names = names_detail::words("do-not-switchover", "switchover");
};
template <>
struct EnumNames<ConfirmDefault> {
  static constexpr auto names = names_detail::words("proceed", "block");
};
template <>
struct EnumNames<OnStartFailure> {
  static constexpr auto names = names_detail::words("stay", "next-node");
};
template <>
struct EnumNames<OnStopFailure> {
  static constexpr auto names = names_detail::words("by-guards", "reboot", "block");
};
template <>
struct EnumNames<Failure> {
  static constexpr auto names = names_detail::words("none", "start", "stop", "in-service", "recovery", "start-held");
};
template <>
struct EnumNames<FenceOutcome> {
  static constexpr auto names = names_detail::words("running", "off", "failed");
};
template <>
struct EnumNames<LeaveMode> {
  static constexpr auto names = names_detail::words("stop-resources", "keep-resources");
};
template <>
struct EnumNames<Consent> {
  static constexpr auto names = names_detail::words("none", "waiting", "granted", "denied");
};
template <>
struct EnumNames<Isolation> {
  static constexpr auto names = names_detail::words("none", "wanted", "running", "failed", "off");
};
template <>
struct EnumNames<ResetHow> {
  static constexpr auto names = names_detail::words("reboot", "halt");
};

template <>
struct AlternativeNames<Event> {
  static constexpr auto names = names_detail::words("view-synced", "resource-changed", "links-changed", "timer-fired",
                                                    "requested", "witness-changed", "fence-changed", "config-stored");
};
template <>
struct AlternativeNames<Action> {
  static constexpr auto names = names_detail::words("run-operation", "set-timer", "cancel-timer", "answer-request",
                                                    "fence-node", "reset-node", "adopt-configuration");
};

// A new enumerator must come with its word, or it would not pass between nodes.
static_assert(names_detail::ends_with(Profile::windows_like));
static_assert(names_detail::ends_with(EngineKind::local));
static_assert(names_detail::ends_with(Switchback::automatic));
static_assert(names_detail::ends_with(ResourceState::recovering));
static_assert(names_detail::ends_with(OperationKind::recover));
static_assert(names_detail::ends_with(OperationOutcome::held_elsewhere));
static_assert(names_detail::ends_with(RequestKind::apply));
static_assert(names_detail::ends_with(Force::yes));
static_assert(names_detail::ends_with(IntentCause::switchback));
static_assert(names_detail::ends_with(StopCause::switchback));
static_assert(names_detail::ends_with(Absence::config_differs));
static_assert(names_detail::ends_with(TimerKind::start_again));
static_assert(names_detail::ends_with(AnswerKind::refused));
static_assert(names_detail::ends_with(Severity::error));
static_assert(names_detail::ends_with(Standing::config_differs));
static_assert(names_detail::ends_with(NotificationKind::test));
static_assert(names_detail::ends_with(NotifyBy::program));
static_assert(names_detail::ends_with(MailTls::tls));
static_assert(names_detail::ends_with(QuorumKind::qdevice));
static_assert(names_detail::ends_with(QdeviceTls::required));
static_assert(names_detail::ends_with(QuorumLoss::halt));
static_assert(names_detail::ends_with(ShutdownStrategy::switchover));
static_assert(names_detail::ends_with(ConfirmDefault::block));
static_assert(names_detail::ends_with(OnStartFailure::next_node));
static_assert(names_detail::ends_with(OnStopFailure::block));
static_assert(names_detail::ends_with(Failure::start_held));
static_assert(names_detail::ends_with(FenceOutcome::failed));
static_assert(names_detail::ends_with(LeaveMode::keep_resources));
static_assert(names_detail::ends_with(Consent::denied));
static_assert(names_detail::ends_with(Isolation::off));
static_assert(names_detail::ends_with(ResetHow::halt));

}  // namespace holdfast
