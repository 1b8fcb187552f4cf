#include "simulate/renumber.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/described.h"

namespace holdfast::simulate {

namespace {

/// Walks over a value and exchanges every NodeId in it.
class Renumbering {
 public:
  explicit Renumbering(const ClusterConfig& config) {
    std::vector<NodeId> ids;
    for (const NodeConfig& node : config.nodes) ids.push_back(node.id);
    std::sort(ids.begin(), ids.end());
    for (const NodeId id : ids) next(id);
  }

  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_same_v<T, NodeId>) {
      if (value.value == 0) return;  // "no node"
      const auto known = numbers_.find(value);
      value = known == numbers_.end() ? next(value) : known->second;
    } else if constexpr (Described<T>) {
      T::fields(value, [this](int, const char*, auto& field) { (*this)(field); });
    }
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    if (value) (*this)(*value);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    for (T& value : values) (*this)(value);
  }
  template <class T>
  void operator()(std::set<T>& values) {
    std::set<T> out;
    for (T value : values) {
      (*this)(value);
      out.insert(std::move(value));
    }
    values = std::move(out);
  }
  template <class Key, class Value>
  void operator()(std::map<Key, Value>& values) {
    std::map<Key, Value> out;
    for (auto& [key, value] : values) {
      Key renamed = key;
      (*this)(renamed);
      (*this)(value);
      out.emplace(std::move(renamed), std::move(value));
    }
    values = std::move(out);
  }

 private:
  NodeId next(NodeId id) { return numbers_[id] = NodeId{static_cast<std::uint32_t>(numbers_.size() + 1)}; }

  std::map<NodeId, NodeId> numbers_;
};

}  // namespace

void renumber_nodes(SimulationInput& input) {
  Renumbering renumber(input.config);
  renumber(input);
}

}  // namespace holdfast::simulate
