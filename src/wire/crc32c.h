// The checksum of pieces and files (Castagnoli's CRC, RFC 3720 B.4): finds broken bytes, no protection against forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast::wire {

std::uint32_t crc32c(std::string_view bytes);

/// The same without the processor's instruction, for machines that lack it.
std::uint32_t crc32c_by_table(std::string_view bytes);

}  // namespace holdfast::wire
