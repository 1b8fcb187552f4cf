#include "adapters/witness/marks.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "wire/crc32c.h"

namespace holdfast::witness {
namespace {

constexpr std::string_view magic = "holdfast-mark 1 ";

std::optional<std::string_view> next_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end + 1);
  return word;
}

template <class Number>
bool parse(std::optional<std::string_view> word, Number& out, int base = 10) {
  if (!word) return false;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), out, base);
  return error == std::errc{} && end == word->data() + word->size();
}

std::optional<Mark> read_line(std::string_view line) {
  const std::size_t sum_begin = line.rfind(' ');
  std::uint32_t sum = 0;
  if (sum_begin == std::string_view::npos || !parse(line.substr(sum_begin + 1), sum, 16)) return std::nullopt;
  std::string_view rest = line.substr(0, sum_begin + 1);
  if (wire::crc32c(rest) != sum) return std::nullopt;
  rest.remove_prefix(magic.size());
  Mark out;
  const auto cluster = next_word(rest);
  if (!cluster || !parse(next_word(rest), out.node.value) || !parse(next_word(rest), out.life) ||
      !parse(next_word(rest), out.counter) || !rest.empty())
    return std::nullopt;
  out.cluster = *cluster;
  return out;
}

}  // namespace

std::string encode_mark(const Mark& mark) {
  std::string line = format("{}{} {} {} {} ", magic, mark.cluster, mark.node.value, mark.life, mark.counter);
  line += format("{:08x}\n", wire::crc32c(line));
  line.resize(slot_size, '\0');
  return line;
}

Slot decode_mark(std::string_view bytes) {
  bytes = bytes.substr(0, slot_size);
  if (std::ranges::all_of(bytes, [](char c) { return c == '\0'; })) return {};
  if (!bytes.starts_with(magic)) return {SlotContent::foreign};
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return {SlotContent::broken};
  const auto mark = read_line(bytes.substr(0, end));
  return mark ? Slot{SlotContent::mark, *mark} : Slot{SlotContent::broken};
}

void MarkBoard::saw(NodeId node, const Slot& slot, Instant now) {
  if (slot.content == SlotContent::broken) return;  // half written: it will be whole the next time
  const bool own_cluster = slot.content == SlotContent::mark && slot.mark.cluster == cluster_ && slot.mark.node == node;
  const std::optional<Mark> mark = own_cluster ? std::optional(slot.mark) : std::nullopt;
  const auto [place, first] = seen_.try_emplace(node);
  Seen& seen = place->second;
  if (!first && seen.mark == mark) return;
  // What was there at the first look may have been written long ago: it is fresh only if it changes.
  if (!first && mark) seen.distrusted = false;
  seen.mark = mark;
  seen.changed = now;
}

bool MarkBoard::fresh(const Seen& seen, Instant now) const { return seen.mark && now - seen.changed < limit_; }

std::vector<NodeId> MarkBoard::not_shared(const std::vector<NodeId>& members, Instant now) {
  std::vector<NodeId> out;
  for (const NodeId member : members) {
    const auto found = seen_.find(member);
    if (member == self_ || found == seen_.end() || fresh(found->second, now)) continue;
    found->second.distrusted = true;
    out.push_back(member);
  }
  return out;
}

std::set<NodeId> MarkBoard::maybe_alive(const std::set<NodeId>& nodes, Instant now) const {
  std::set<NodeId> out;
  for (const NodeId node : nodes) {
    const auto found = seen_.find(node);
    const bool proven_dead =
        found != seen_.end() && found->second.mark && !found->second.distrusted && !fresh(found->second, now);
    if (node != self_ && !proven_dead) out.insert(node);
  }
  return out;
}

}  // namespace holdfast::witness
