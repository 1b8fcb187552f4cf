// What the wire accepts at most. Everything that comes from outside is held against these (E3).
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::wire {

/// Of one encoded value: a message put together, or the state file's content.
inline constexpr std::size_t max_bytes = 16 * 1024 * 1024;
/// Of one decoded value's lists, sets and maps in memory: a few bytes can stand for a big element.
inline constexpr std::size_t max_memory = 64 * 1024 * 1024;
inline constexpr int max_depth = 16;
inline constexpr std::uint16_t max_pieces = 4096;
inline constexpr std::size_t min_piece = 64;   ///< a smaller limit for a piece is taken as this
inline constexpr std::uint32_t max_node = 32;  ///< NodeId's greatest value

}  // namespace holdfast::wire
