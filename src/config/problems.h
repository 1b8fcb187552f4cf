// Where all findings of one run are collected, so that an operator sees every mistake at once (E1).
#pragma once

#include <string>
#include <vector>

#include "config/read.h"

namespace holdfast::config {

/// A place in the file, both from 1; line 0: none.
struct Place {
  int line = 0;
  int column = 0;
  auto operator<=>(const Place&) const = default;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void error(Place place, std::string text) { add(place, std::move(text), false); }
  void warning(Place place, std::string text) { add(place, std::move(text), true); }

  bool has_errors() const;
  /// All, in the order of their lines.
  std::vector<Problem> take();

 private:
  void add(Place place, std::string text, bool warning) {
    found_.push_back({file_, place.line, place.column, std::move(text), warning});
  }

  std::string file_;
  std::vector<Problem> found_;
};

}  // namespace holdfast::config
