// All single and double faults of a cluster: what each costs.
#pragma once

#include "simulate/driver.h"

namespace holdfast::simulate {

/// What one resource suffers.
struct Damage {
  std::size_t place = 0;  ///< of the resource, in the order of the configuration
  Micros outage{0};
  bool never_comes_back = false;
  bool twice = false;
  bool operator==(const Damage&) const = default;
};

enum class When : std::uint8_t {
  alone,     ///< a single fault
  at_rest,   ///< the second fault comes when the first is dealt with
  meanwhile  ///< it comes in the middle of the first one's takeover
};

struct Row {
  std::size_t first = 0;   ///< index into Matrix::faults
  std::size_t second = 0;  ///< of a pair
  When when = When::alone;
  std::vector<Damage> damage;  ///< of all resources that suffer, ascending
  /// Single faults: the same by the longest measured durations.
  std::vector<Damage> worst;

  std::size_t never() const;
  std::size_t twice() const;
  Micros longest() const;
};

struct Matrix {
  std::vector<ResourceName> names;
  std::vector<Fault> faults;
  std::vector<Row> singles;  ///< one per fault, in their order
  /// The pairs that were simulated and do more than their two single faults one after the other.
  std::vector<Row> pairs;
  std::size_t simulated = 0;          ///< runs of the core that were played
  std::size_t pairs_total = 0;        ///< ordered pairs, each at rest and meanwhile
  std::size_t pairs_independent = 0;  ///< of them: of two hierarchies, that never act on each other (F2)
};

/// `threads` 0: as many as the machine has.
Matrix make_matrix(const Present& present, unsigned threads = 0);

/// Rows of the matrix, worst first: what may run twice, then what never comes back, then the longest outage.
std::vector<const Row*> worst_first(const Matrix& matrix);

}  // namespace holdfast::simulate
