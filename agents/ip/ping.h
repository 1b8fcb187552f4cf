// ICMP echo to a list of addresses, from one of our own addresses.
#pragma once

#include <vector>

#include "agents/ip/address.h"
#include "base/result.h"
#include "base/time.h"

namespace holdfast::agent {

/// True as soon as one of `targets` answers; false if none does within `wait`, asked three times. Targets of another
/// address family than `source` are refused with an error.
Result<bool> any_answers(const IpAddress& source, const std::vector<IpAddress>& targets, Millis wait);

}  // namespace holdfast::agent
