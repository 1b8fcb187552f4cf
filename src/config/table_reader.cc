#include "config/table_reader.h"

#include <algorithm>

#include "base/format.h"

namespace holdfast::config {

const Member* TableReader::find(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  for (const Member& m : table_.members)
    if (m.name == key) return &m;
  return nullptr;
}

void TableReader::error(Place place, const std::string& text) {
  problems_.error(place, format("{}: {}", where_, text));
}

void TableReader::require(std::string_view key, std::string_view example) {
  if (find(key) == nullptr)
    error(table_.place, format("{} is missing; it must be given, for example {} = {}", key, key, example));
}

void TableReader::wrong_type(const Member& member, std::string_view must_be) {
  error(member.value.place, format("{} is {}; it must be {}", member.name, describe(member.value.kind), must_be));
}

std::optional<Placed<std::string>> TableReader::text(std::string_view key, std::string_view example) {
  const Member* m = find(key);
  if (m == nullptr) return std::nullopt;
  if (m->value.kind != ValueKind::text) {
    wrong_type(*m, format("text in quotes, for example {}", example));
    return std::nullopt;
  }
  return Placed<std::string>{m->value.text, m->value.place};
}

std::optional<Placed<std::string>> TableReader::name(std::string_view key, std::string_view example) {
  auto out = text(key, example);
  if (!out || is_name(out->value)) return out;
  error(out->place, format("{} = {} is not a name; {}", key, in_quotes(out->value), name_rule));
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::number(std::string_view key, std::int64_t least, std::int64_t most) {
  const Member* m = find(key);
  if (m == nullptr) return std::nullopt;
  const std::string allowed = format("a whole number from {} to {}", least, most);
  if (m->value.kind != ValueKind::number) {
    wrong_type(*m, allowed);
    return std::nullopt;
  }
  if (m->value.number < least || m->value.number > most) {
    error(m->value.place, format("{} = {} is out of range; it must be {}", key, m->value.number, allowed));
    return std::nullopt;
  }
  return m->value.number;
}

std::optional<bool> TableReader::truth(std::string_view key) {
  const Member* m = find(key);
  if (m == nullptr) return std::nullopt;
  if (m->value.kind != ValueKind::boolean) {
    wrong_type(*m, "true or false, without quotes");
    return std::nullopt;
  }
  return m->value.truth;
}

std::optional<Millis> TableReader::duration(std::string_view key, Millis least, Millis most) {
  const Member* m = find(key);
  if (m == nullptr) return std::nullopt;
  const Value& v = m->value;
  if (v.kind == ValueKind::number) {
    error(v.place, format("{} = {} has no unit; write a duration in quotes: \"{}s\", or with ms, m or h", key, v.number,
                          v.number));
    return std::nullopt;
  }
  if (v.kind != ValueKind::text) {
    wrong_type(*m, "a duration in quotes, for example \"30s\", \"500ms\" or \"2m\"");
    return std::nullopt;
  }
  const auto parsed = parse_duration(v.text);
  if (!parsed) {
    error(v.place, format("{} = {} is not a duration; write a whole number and its unit (ms, s, m or h), for example "
                          "\"30s\"",
                          key, in_quotes(v.text)));
    return std::nullopt;
  }
  if (*parsed < least || *parsed > most) {
    error(v.place,
          format("{} = {} is out of range; it must be from {} to {}", key, in_quotes(v.text), show(least), show(most)));
    return std::nullopt;
  }
  return parsed;
}

std::optional<std::size_t> TableReader::choice(std::string_view key, const std::vector<std::string>& allowed) {
  const auto word = text(key, format("\"{}\"", allowed.front()));
  if (!word) return std::nullopt;
  const auto found = std::find(allowed.begin(), allowed.end(), word->value);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  error(word->place, format("{} = {} is not known{}; allowed: {}", key, in_quotes(word->value),
                            did_you_mean(word->value, allowed), join(allowed)));
  return std::nullopt;
}

std::optional<TableReader::Texts> TableReader::texts(std::string_view key, std::string_view example) {
  const Member* m = find(key);
  if (m == nullptr) return std::nullopt;
  const std::string must_be = format("a list of texts in quotes, for example {}", example);
  if (m->value.kind != ValueKind::list) {
    wrong_type(*m, must_be);
    return std::nullopt;
  }
  Texts out{m->value.place, {}, true};
  for (const Value& item : m->value.items) {
    if (item.kind == ValueKind::text) {
      out.items.push_back({item.text, item.place});
    } else {
      error(item.place, format("{} holds {}; it must be {}", key, describe(item.kind), must_be));
      out.all_right = false;
    }
  }
  return out;
}

const Member* TableReader::table(std::string_view key, std::string_view example) {
  const Member* m = find(key);
  if (m == nullptr || m->value.kind == ValueKind::table) return m;
  wrong_type(*m, format("a table, for example {}", example));
  return nullptr;
}

void TableReader::finish() {
  for (const Member& m : table_.members) {
    if (std::find(asked_.begin(), asked_.end(), m.name) != asked_.end()) continue;
    problems_.error(m.place, format("{}: unknown key {}{}; allowed: {}", where_, in_quotes(m.name),
                                    did_you_mean(m.name, asked_), join(asked_)));
  }
}

}  // namespace holdfast::config
