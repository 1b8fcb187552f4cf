// The guards of random clusters (G1 to G5), and what can go wrong with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"

namespace holdfast::sim {

class GuardGenerator {
 public:
  /// `nodes`: so many there ever were, which may grow. Both must outlive it.
  GuardGenerator(Random& random, const std::uint32_t& nodes) : random_(random), nodes_(nodes) {}

  /// Lines for the head of a scenario: any combination, often none.
  std::vector<std::string> describe();
  /// Something happens to a guard; empty if there is none.
  std::string fault();
  /// Another quorum, or other limits, for the running cluster (O7). `before`: lines that stand before the change.
  void change(std::vector<std::string>& before, std::vector<std::string>& edits);
  /// The node gets other fence levels, or loses them.
  void change_fences(const std::string& node, std::vector<std::string>& edits);
  /// All guards work again.
  std::vector<std::string> end() const;

 private:
  void name_witnesses(const std::string& kind);
  void describe_quorum(std::vector<std::string>& lines);
  std::string any_witness();
  /// One must stay, as the file's reader says.
  std::int64_t most_fenced() const { return nodes_ > 3 ? 3 : static_cast<std::int64_t>(nodes_) - 1; }

  Random& random_;
  const std::uint32_t& nodes_;
  std::vector<std::string> witnesses_;
  bool fences_ = false;
  bool watchdog_ = false;
};

}  // namespace holdfast::sim
