// A disk with persistent reservations as SPC-4 says it, and its paths, in memory.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "agents/disk/path.h"

namespace holdfast::test {

using agent::disk::Bytes;
using agent::disk::Key;
using agent::disk::Outcome;
using agent::disk::Reply;
using agent::disk::Request;

/// A nexus is one path of one node.
class SimulatedDisk {
 public:
  std::map<int, Key> registered;  ///< by nexus
  std::optional<int> holder;
  std::uint8_t type = 0;
  std::uint32_t generation = 0;
  std::set<int> cut;                   ///< nexuses over which nothing comes back
  std::set<int> attention;             ///< nexuses that are told first that something has happened
  std::set<std::uint8_t> unknown_out;  ///< service actions of PERSISTENT RESERVE OUT that it does not know
  bool knows_reservations = true;
  std::string unit = "naa.1";
  std::function<void(int nexus)> before;  ///< every command

  Reply run(int nexus, const Request& request);
  /// As after a loss of its power.
  void forget();
  bool may_write(int nexus) const;
  std::set<std::uint64_t> keys() const;

 private:
  Reply inquire(const Request& request) const;
  Reply report(std::uint8_t action) const;
  Reply order(int nexus, const Request& request);
  Reply enroll(int nexus, Key given, Key wanted, bool ignore);
  Reply reserve(int nexus, Key given, std::uint8_t wanted);
  Reply release(int nexus, Key given);
  Reply preempt(int nexus, Key given, Key victim, std::uint8_t wanted);
  void unregister(int nexus);
};

class SimulatedPath final : public agent::disk::Path {
 public:
  SimulatedPath(SimulatedDisk& disk, int nexus)
      : disk_(disk), nexus_(nexus), name_("/dev/sd" + std::to_string(nexus)) {}
  Reply run(const Request& request) override { return disk_.run(nexus_, request); }
  const std::string& name() const override { return name_; }

 private:
  SimulatedDisk& disk_;
  int nexus_;
  std::string name_;
};

/// The paths of one node.
inline agent::disk::Paths paths_to(SimulatedDisk& disk, std::initializer_list<int> nexuses) {
  agent::disk::Paths out;
  for (const int nexus : nexuses) out.push_back(std::make_unique<SimulatedPath>(disk, nexus));
  return out;
}

}  // namespace holdfast::test
