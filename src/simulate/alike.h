// Hierarchies that a pair of faults treats alike: they look the same, and the two nodes have the same places in them.
// What one of them suffers, all of them suffer (F2), so it is played once.
#pragma once

#include <string>

#include "simulate/fault.h"
#include "simulate/present.h"

namespace holdfast::simulate {

class Likeness {
 public:
  /// `part` has one hierarchy only.
  explicit Likeness(const Present& part);

  /// Equal for hierarchies that these two faults treat alike. A fault's own resource counts by its place.
  std::string under(const Fault& first, const Fault& second) const;

 private:
  std::string role_of(NodeId node, const Fault& first, const Fault& second) const;
  std::string place_of(const Fault& fault) const;

  const Present& part_;
  const Hierarchy& hierarchy_;
  std::string shape_;
};

}  // namespace holdfast::simulate
