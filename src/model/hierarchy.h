// All resources joined by dependencies: the unit of failover. Derived from the configuration, never stored.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ids.h"

namespace holdfast {

struct Hierarchy {
  ResourceName key;                     ///< its lowest resource name: how its intent is known
  std::string name;                     ///< of its first top resource
  std::vector<ResourceName> resources;  ///< start order: everything stands after what it depends on (R2)
};

struct Hierarchies {
  std::vector<Hierarchy> all;                                    ///< ordered by their lowest resource name
  std::map<ResourceName, std::size_t> of;                        ///< index into `all`
  std::map<ResourceName, std::vector<ResourceName>> dependents;  ///< who directly depends on it
};

}  // namespace holdfast
