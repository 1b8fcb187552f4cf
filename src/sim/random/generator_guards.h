// The guards of random clusters (G1 to G5), and what can go wrong with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"

namespace holdfast::sim {

class GuardGenerator {
 public:
  /// `random` must outlive it.
  GuardGenerator(Random& random, std::uint32_t nodes) : random_(random), nodes_(nodes) {}

  /// Lines for the head of a scenario: any combination, often none.
  std::vector<std::string> describe();
  /// Something happens to a guard; empty if there is none.
  std::string fault();
  /// All guards work again.
  std::vector<std::string> end() const;

 private:
  void describe_quorum(std::vector<std::string>& lines);
  std::string any_witness();

  Random& random_;
  std::uint32_t nodes_;
  std::vector<std::string> witnesses_;
  bool fences_ = false;
  bool watchdog_ = false;
};

}  // namespace holdfast::sim
