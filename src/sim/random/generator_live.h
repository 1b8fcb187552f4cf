// Live changes of random clusters (O7, V9): everything that can stand in the file, edited at any time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/random/generator_guards.h"

namespace holdfast::sim {

/// The file as its edits so far left it. The cluster's may be another one: edits are refused, too.
struct EditedFile {
  struct Resource {
    std::set<std::size_t> below;     ///< by number
    std::vector<std::string> nodes;  ///< in their priority order
  };
  std::vector<std::string> nodes;
  std::map<std::size_t, Resource> resources;  ///< r<number>; one depends on lower numbers only
};

class LiveGenerator {
 public:
  /// `machines`: so many of node_names there ever were. All must outlive it.
  LiveGenerator(Random& random, GuardGenerator& guards, std::uint32_t& machines, std::size_t& resources)
      : random_(random), guards_(guards), machines_(machines), resources_(resources) {}

  /// As it is at first; to be filled before the first change.
  EditedFile& file() { return file_; }
  /// No node leaves: in rough weather its goodbye may be lost, and then it counts as failed.
  void nobody_leaves() { leaves_ = false; }
  /// Lines: one apply, mostly; what goes before it and what follows on it, with time between.
  std::vector<std::string> change();

 private:
  using Lines = std::vector<std::string>;
  /// One apply while it is written.
  struct Change {
    Lines before;
    Lines edits;
    Lines after;
    bool quorum = false;
    bool by_majority = false;  ///< no side of a split does it by itself
    std::uint32_t machines;    ///< that there were before it
    std::size_t resources;     ///< likewise
  };

  void one(Change& change);
  void change_cluster(Change& change);
  void change_heartbeat(Change& change);
  void change_node(Change& change);
  void change_resource(Change& change);
  void add_resources(Change& change);
  void remove_resources(Change& change);
  void change_dependency(Change& change);
  void change_order(Change& change);
  void add_node(Change& change);
  void remove_node(Change& change);
  void empty_node(Change& change, const std::string& node);
  std::string how(bool by_all);
  static bool is_known(const Change& change, const std::string& node);

  void write_dependencies(Change& change, std::size_t resource) const;
  void write_nodes(Change& change, std::size_t resource) const;
  std::set<std::size_t> joined_to(std::size_t resource) const;
  std::vector<std::string> shuffled(std::vector<std::string> nodes);
  std::string pause(std::int64_t most_micros);
  template <class Container>
  auto any_of(const Container& some) {
    auto chosen = some.begin();
    std::advance(chosen, random_.between(0, static_cast<std::int64_t>(some.size()) - 1));
    return chosen;
  }

  Random& random_;
  GuardGenerator& guards_;
  std::uint32_t& machines_;
  std::size_t& resources_;
  EditedFile file_;
  bool changed_ = false;
  bool leaves_ = true;
};

}  // namespace holdfast::sim
