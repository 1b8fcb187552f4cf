// A small right configuration, and copies of it with a few lines changed.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "config/read.h"

namespace holdfast::config {

inline const std::vector<std::string>& sample() {
  static const std::vector<std::string> lines{
      /* 1 */ R"([cluster])",
      /* 2 */ R"(name = "demo")",
      /* 3 */ R"([[node]])",
      /* 4 */ R"(name = "alpha")",
      /* 5 */ R"(links = ["10.77.1.1", "10.77.2.1"])",
      /* 6 */ R"([[node]])",
      /* 7 */ R"(name = "beta")",
      /* 8 */ R"(links = ["10.77.1.2", "10.77.2.2"])",
      /* 9 */ R"([[resource]])",
      /* 10 */ R"(name = "web-ip")",
      /* 11 */ R"(agent = "ip")",
      /* 12 */ R"(parameters = { address = "10.77.9.100/24", interface = "pub0" })",
      /* 13 */ R"([[resource]])",
      /* 14 */ R"(name = "web")",
      /* 15 */ R"(agent = "process")",
      /* 16 */ R"(depends_on = ["web-ip"])",
      /* 17 */ R"(parameters = { command = ["/usr/sbin/nginx"] })",
  };
  return lines;
}

/// Line number to its new text; numbers behind the last line are appended.
using Edits = std::map<std::size_t, std::string>;

inline std::string edited(const Edits& edits) {
  std::vector<std::string> lines = sample();
  for (const auto& [line, text] : edits) {
    if (lines.size() < line) lines.resize(line);
    lines[line - 1] = text;
  }
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

inline std::vector<std::string> lines_of(const ReadOutcome& outcome) {
  std::vector<std::string> out;
  for (const Problem& p : outcome.problems) out.push_back(to_line(p));
  return out;
}

inline bool only_warnings(const ReadOutcome& outcome) {
  for (const Problem& p : outcome.problems)
    if (!p.warning) return false;
  return true;
}

/// A changed sample and every line that must be said of it.
struct Case {
  std::string name;
  Edits edits;
  std::vector<std::string> expected;
};

inline std::string case_name(const testing::TestParamInfo<Case>& test) { return test.param.name; }

}  // namespace holdfast::config
