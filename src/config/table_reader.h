// Reads the keys of one table: each by its type, with a problem for whatever is wrong, and at the end one for every key
// that nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/words.h"

namespace holdfast::config {

/// A value together with the place where it stands.
template <class T>
struct Placed {
  T value{};
  Place place;
};

class TableReader {
 public:
  /// `where` opens every message: `[cluster]`, `node "alpha"`. `table` and `problems` must outlive the reader.
  TableReader(const Value& table, std::string where, Problems& problems)
      : table_(table), where_(std::move(where)), problems_(problems) {}

  const std::string& where() const { return where_; }
  void set_where(std::string where) { where_ = std::move(where); }

  /// The key as it stands, or nullptr. Counts as asked for.
  const Member* find(std::string_view key);
  /// Says so if `key` is absent; `example` is how its value could look.
  void require(std::string_view key, std::string_view example);

  // Each: none if the key is absent or wrong; what is wrong has been said.
  std::optional<Placed<std::string>> text(std::string_view key, std::string_view example);
  std::optional<Placed<std::string>> name(std::string_view key, std::string_view example);
  std::optional<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<bool> truth(std::string_view key);
  std::optional<Millis> duration(std::string_view key, Millis least, Millis most);
  /// The index in `allowed`.
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& allowed);
  /// Only the right items of the list; `all_right` is false if one was left out.
  struct Texts {
    Place place;
    std::vector<Placed<std::string>> items;
    bool all_right = true;
  };
  std::optional<Texts> texts(std::string_view key, std::string_view example);
  const Member* table(std::string_view key, std::string_view example);

  void wrong_type(const Member& member, std::string_view must_be);
  void error(Place place, const std::string& text);

  /// Reports every key that was not asked for.
  void finish();

 private:
  const Value& table_;
  std::string where_;
  Problems& problems_;
  std::vector<std::string> asked_;
};

}  // namespace holdfast::config
