#include "sim/scenario/line_reader.h"

#include <charconv>

#include "base/format.h"

namespace holdfast::sim {

Result<std::vector<Word>> split_line(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r') {
      ++i;
    } else if (line[i] == '#') {
      break;
    } else if (line[i] == '"') {
      const std::size_t end = line.find('"', i + 1);
      if (end == std::string_view::npos) return failure("a text in quotes does not end");
      words.push_back({std::string(line.substr(i + 1, end - i - 1)), true});
      i = end + 1;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\r#\"", i), line.size());
      words.push_back({std::string(line.substr(i, end - i)), false});
      i = end;
    }
  }
  return words;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text[0] == '-') return std::nullopt;
  return value;
}

std::optional<Micros> parse_time(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_number(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  constexpr std::int64_t hour = 3600000000;
  std::int64_t micros = 0;
  if (unit == "us") micros = 1;
  if (unit == "ms") micros = 1000;
  if (unit == "s") micros = 1000000;
  if (unit == "m") micros = 60000000;
  if (unit == "h") micros = hour;
  if (!count || micros == 0 || *count > 100000 * hour / micros) return std::nullopt;
  return Micros{*count * micros};
}

std::vector<std::string> split_at(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

void LineReader::fail(std::string text) {
  if (!error_) error_ = std::move(text);
}

bool LineReader::take(std::string_view word) {
  if (at_end() || words_[next_].quoted || words_[next_].text != word) return false;
  ++next_;
  return true;
}

std::string LineReader::word(std::string_view what) {
  if (at_end()) {
    fail(format("{} is missing", what));
    return {};
  }
  return words_[next_++].text;
}

std::string LineReader::quoted(std::string_view what) {
  if (!at_end() && words_[next_].quoted) return words_[next_++].text;
  fail(format("{} in quotes is missing", what));
  return {};
}

std::optional<std::pair<std::string, std::string>> LineReader::key_value() {
  const std::string text = word("key=value");
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos || sign == 0) {
    fail(format("\"{}\" is not of the form key=value", text));
    return std::nullopt;
  }
  return std::pair(text.substr(0, sign), text.substr(sign + 1));
}

bool LineReader::next_is_node() const { return !at_end() && config_.node(words_[next_].text) != nullptr; }

bool LineReader::next_is_resource() const {
  return !at_end() && config_.resources.contains(ResourceName{words_[next_].text});
}

NodeId LineReader::node() {
  const std::string name = word("a node");
  if (const NodeConfig* found = config_.node(name)) return found->id;
  std::string known;
  for (const NodeConfig& n : config_.nodes) known += (known.empty() ? "" : ", ") + n.name;
  fail(format("\"{}\" is not a node; nodes are: {}", name, known));
  return NodeId{1};
}

ResourceName LineReader::resource() {
  const std::string name = word("a resource");
  if (config_.resources.contains(ResourceName{name})) return ResourceName{name};
  std::string known;
  for (const auto& [n, r] : config_.resources) known += (known.empty() ? "" : ", ") + n.value;
  fail(format("\"{}\" is not a resource; resources are: {}", name, known.empty() ? "none" : known));
  return ResourceName{name};
}

Micros LineReader::time(std::string_view what) {
  const std::string text = word(what);
  if (const auto value = parse_time(text)) return *value;
  fail(format("\"{}\" is not {}; allowed: a whole number and us, ms, s, m or h, for example 5s", text, what));
  return Micros{0};
}

std::int64_t LineReader::number(std::string_view what, std::int64_t lowest, std::int64_t highest) {
  const std::string text = word(what);
  const auto value = parse_number(text);
  if (value && *value >= lowest && *value <= highest) return *value;
  fail(format("\"{}\" is not {}; allowed: {} to {}", text, what, lowest, highest));
  return lowest;
}

OperationKind LineReader::operation() {
  const std::string name = word("an operation");
  if (name == "start") return OperationKind::start;
  if (name == "stop") return OperationKind::stop;
  if (name == "monitor") return OperationKind::monitor;
  if (name == "recover") return OperationKind::recover;
  if (name == "ready") {
    fail(format("operation {} is not supported yet; allowed: start, stop, monitor, recover", name));
  } else {
    fail(format("\"{}\" is not an operation; allowed: start, stop, monitor, recover", name));
  }
  return OperationKind::start;
}

void LineReader::expect_word(std::string_view word) {
  if (take(word)) return;
  fail(at_end() ? format("\"{}\" is missing", word)
                : format("\"{}\" stands where \"{}\" is expected", words_[next_].text, word));
}

void LineReader::finish() {
  if (!at_end()) fail(format("\"{}\" is too much", words_[next_].text));
}

}  // namespace holdfast::sim
