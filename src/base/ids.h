// Strong identifiers: a NodeId is never a LinkIndex, and a ResourceName never a NodeName.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace holdfast {

/// A value of type `Rep` that mixes with no other id. Ordered and equal as `Rep` is.
template <class Tag, class Rep>
struct Id {
  using rep = Rep;
  Rep value{};

  Id() = default;
  explicit Id(Rep v) : value(std::move(v)) {}
  auto operator<=>(const Id&) const = default;
};

/// 1 to 32: the place of the node in the configuration, counted from 1. 0: no node.
using NodeId = Id<struct NodeIdTag, std::uint32_t>;
/// 0 to 7: the place of a communication path in the node's list of addresses.
using LinkIndex = Id<struct LinkIndexTag, std::uint32_t>;
using ResourceName = Id<struct ResourceNameTag, std::string>;

}  // namespace holdfast
