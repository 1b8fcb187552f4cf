// A key whose value is one of the words of an enum (model/names.h).
#pragma once

#include "config/table_reader.h"
#include "model/names.h"

namespace holdfast::config {

/// Reads `key` into `out`; what is absent or wrong leaves it as it is. `first`: enumerators before it cannot be
/// written, they stand for an absent key.
template <NamedEnum Enum>
void read_word(TableReader& reader, std::string_view key, Enum& out, std::size_t first = 0) {
  const auto& names = EnumNames<Enum>::names;
  if (const auto i = reader.choice(key, {names.begin() + first, names.end()})) out = static_cast<Enum>(*i + first);
}

}  // namespace holdfast::config
