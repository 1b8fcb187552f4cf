// All sequences of two faults on a small cluster: every pair in every order, at a few distinct moments of the life of a
// small hierarchy. What random seeds would find sooner or later, this finds for certain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/random/generator.h"

namespace holdfast::sim {

class Enumeration {
 public:
  /// `nodes`: 2 or 3.
  explicit Enumeration(std::uint32_t nodes);

  std::size_t size() const {
    return moments_.size() * clusters_.size() * gaps_.size() * faults_.size() * faults_.size();
  }
  /// The sequence with this index, as a scenario; its middle begins with the moment.
  RandomScenario at(std::size_t index) const;

 private:
  using Lines = std::vector<std::string>;

  void describe_clusters();
  void collect_faults();

  std::vector<std::string> nodes_;
  std::vector<Lines> clusters_;
  std::vector<Lines> moments_;
  std::vector<Lines> gaps_;
  std::vector<std::string> faults_;
  Lines end_;
};

}  // namespace holdfast::sim
