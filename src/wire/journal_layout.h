// Sizes and offsets of a journal's bytes (journal.h has the picture).
#pragma once

#include <cstddef>
#include <string_view>

namespace holdfast::wire::journal_layout {

inline constexpr std::string_view magic = "HFSTJRNL";
inline constexpr std::size_t head = 20;    ///< before the content of the header
inline constexpr std::size_t record = 20;  ///< before the content of a record

}  // namespace holdfast::wire::journal_layout
