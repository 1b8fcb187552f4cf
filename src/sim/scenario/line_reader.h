// One line of a scenario, word by word.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/config.h"
#include "model/facts.h"

namespace holdfast::sim {

struct Word {
  std::string text;
  bool quoted = false;
};

/// Splits at spaces; `#` outside of quotes begins a comment; "..." is one word. An error if a quote does not end.
Result<std::vector<Word>> split_line(std::string_view line);

/// `300ms`, `5s`, `2m`, `1h`, `250us`.
std::optional<Micros> parse_time(std::string_view text);
/// A whole number without sign, at most 2^63 - 1.
std::optional<std::int64_t> parse_number(std::string_view text);
std::vector<std::string> split_at(std::string_view text, char separator);

/// Takes words one after the other. The first thing that is wrong stays as the error; everything after it is
/// answered with defaults.
class LineReader {
 public:
  LineReader(std::vector<Word> words, const ClusterConfig& config) : words_(std::move(words)), config_(config) {}

  bool at_end() const { return next_ >= words_.size(); }
  /// Takes the next word if it is this one.
  bool take(std::string_view word);
  /// The next word; an error says that `what` is missing.
  std::string word(std::string_view what);
  std::string quoted(std::string_view what);
  std::optional<std::pair<std::string, std::string>> key_value();
  NodeId node();
  bool next_is_node() const;
  bool next_is_resource() const;
  ResourceName resource();
  Micros time(std::string_view what);
  std::int64_t number(std::string_view what, std::int64_t lowest, std::int64_t highest);
  OperationKind operation();
  void expect_word(std::string_view word);
  /// Nothing may follow.
  void finish();

  void fail(std::string text);
  const ClusterConfig& config() const { return config_; }
  const std::optional<std::string>& error() const { return error_; }

 private:
  std::vector<Word> words_;
  std::size_t next_ = 0;
  const ClusterConfig& config_;
  std::optional<std::string> error_;
};

}  // namespace holdfast::sim
