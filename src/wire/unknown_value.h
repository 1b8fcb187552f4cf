// Which enums must be understood by whoever reads them (docs/decisions/0002).
#pragma once

#include <type_traits>

#include "model/state.h"

namespace holdfast::wire {

/// False: the enum tells something, and its default says "I do not know" in a way that starts and stops nothing (a
/// resource whose state is unknown may run there). True: it says what to do, or what an operator wants.
template <class Enum>
inline constexpr bool must_be_known = false;
template <>
inline constexpr bool must_be_known<RequestKind> = true;
template <>
inline constexpr bool must_be_known<OperationKind> = true;
template <>
inline constexpr bool must_be_known<TimerKind> = true;
template <>
inline constexpr bool must_be_known<Force> = true;
template <>
inline constexpr bool must_be_known<NotificationKind> = true;
template <>
inline constexpr bool must_be_known<NotifyBy> = true;

}  // namespace holdfast::wire
