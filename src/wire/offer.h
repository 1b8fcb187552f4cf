// One configuration as bytes, outside of a message of the group: for a node that is not in it yet.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/message.h"

namespace holdfast::wire {

std::string encode_offer(const ConfigOffer& offer);
/// Any bytes, at most 16 MiB (E3).
Result<ConfigOffer> decode_offer(std::string_view bytes);

}  // namespace holdfast::wire
