#include "sim/random/generator_live.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/format.h"
#include "sim/random/generator.h"
#include "sim/random/line.h"

namespace holdfast::sim {

namespace {

std::string named(std::size_t resource) { return format("r{}", resource); }

template <class Container, class Name>
std::string list_of(const Container& some, Name&& name) {
  std::string text;
  for (const auto& one : some) text += (text.empty() ? "" : ",") + std::string(name(one));
  return text;
}

}  // namespace

std::vector<std::string> LiveGenerator::change() {
  const std::int64_t dice = random_.between(1, 100);
  if (changed_ && dice <= 5) return {pause(3000000), "config again" + how(true)};
  if (dice <= 8) return {"config" + (random_.chance(50) ? " at " + *any_of(file_.nodes) : std::string(" force"))};
  Change change{{}, {}, {}, false, false, machines_, resources_};
  if (random_.chance(5)) change.edits.emplace_back("config stale");
  const std::int64_t count = random_.chance(75) ? 1 : random_.between(2, 3);
  for (std::int64_t i = 0; i < count; ++i) one(change);
  const std::string asked = how(change.by_majority);
  if (!asked.empty()) change.edits.push_back("config" + asked);
  changed_ = true;
  Lines lines = std::move(change.before);
  std::move(change.edits.begin(), change.edits.end(), std::back_inserter(lines));
  if (random_.chance(5)) {  // the same file once more, at once or soon
    lines.push_back(pause(random_.chance(50) ? 3000 : 5000000));
    lines.emplace_back("config again");
  }
  std::move(change.after.begin(), change.after.end(), std::back_inserter(lines));
  return lines;
}

void LiveGenerator::one(Change& change) {
  const std::int64_t dice = random_.between(1, 100);
  if (dice <= 20) return change_resource(change);
  if (dice <= 28) return change_cluster(change);
  if (dice <= 34) return change_heartbeat(change);
  if (dice <= 40) return change_node(change);
  if (dice <= 46) return change.edits.push_back(format("config links={}", random_.between(1, 3)));
  if (dice <= 52 && !std::exchange(change.quorum, true)) return guards_.change(change.before, change.edits);
  if (dice <= 64) return add_resources(change);
  if (dice <= 70) return remove_resources(change);
  if (dice <= 80) return change_dependency(change);
  if (dice <= 86) return change_order(change);
  return random_.chance(50) ? add_node(change) : remove_node(change);
}

/// Whose daemon is asked, and what with; on one side of a split, too (B8).
std::string LiveGenerator::how(bool by_all) {
  std::string text;
  if (random_.chance(50))
    text += " at " + std::string(node_names[static_cast<std::size_t>(random_.next() % machines_)]);
  if (!by_all && random_.chance(25)) return text + " force";
  if (random_.chance(30)) text += " whole";
  return text;
}

std::string LiveGenerator::pause(std::int64_t most_micros) {
  return format("run {}us", random_.between(1, most_micros));
}

void LiveGenerator::change_cluster(Change& change) {
  switch (random_.between(1, 6)) {
    case 1:
      return change.edits.push_back(format("set failover_limit={}", random_.between(1, 4)));
    case 2:
      return change.edits.push_back(format("set switchback_delay={}s", random_.between(1, 60)));
    case 3:
      return change.edits.push_back(format("set profile={}", random_.chance(50) ? "linux" : "windows"));
    case 4:
      return change.edits.push_back(format("set daemon_grace={}s", random_.between(2, 20)));
    case 5:
      return change.edits.push_back(format("set startup_wait={}s", random_.between(10, 40)));
    default:
      return change.edits.push_back(Line{"set confirm_timeout={}s confirm_default={}", random_.between(1, 30),
                                         random_.chance(70) ? "proceed" : "block"}
                                        .text);
  }
}

/// L6
void LiveGenerator::change_heartbeat(Change& change) {
  if (random_.chance(25))
    return change.edits.push_back(
        Line{"set heartbeat={}ms misses={}", random_.between(50, 500), random_.between(4, 10)}.text);
  change.edits.push_back(
      format("set detection={}", std::array{"fast", "normal", "normal", "relaxed"}[random_.next() % 4]));
}

void LiveGenerator::change_node(Change& change) {
  const std::string& node = *any_of(file_.nodes);
  switch (random_.between(1, 5)) {
    case 1:
      return change.edits.push_back(
          format("node {} block_resource_failover={}", node, random_.chance(50) ? "yes" : "no"));
    case 2:
      return change.edits.push_back(
          format("node {} shutdown_strategy={}", node, random_.chance(50) ? "switchover" : "do-not-switchover"));
    case 3:
      return change.edits.push_back(format("node {} confirm_failover={}", node, random_.chance(30) ? "yes" : "no"));
    case 4:
      return change.edits.push_back(format("node {} local_recovery={}", node, random_.chance(30) ? "no" : "yes"));
    default:
      return guards_.change_fences(node, change.edits);
  }
}

void LiveGenerator::change_resource(Change& change) {
  const std::string resource = named(any_of(file_.resources)->first);
  const auto yes = [this](int percent) { return random_.chance(percent) ? "yes" : "no"; };
  switch (random_.between(1, 8)) {
    case 1:
      return change.edits.push_back(format("policy {} monitor={}ms", resource, random_.between(500, 20000)));
    case 2:
      return change.edits.push_back(format("policy {} failover={}", resource, yes(70)));
    case 3:
      return change.edits.push_back(format("policy {} local_recovery={}", resource, yes(60)));
    case 4:
      return change.edits.push_back(format("policy {} notify_only={}", resource, yes(20)));
    case 5:
      return change.edits.push_back(format("policy {} recovery_limit={}/60s", resource, random_.between(1, 3)));
    case 6:
      return change.edits.push_back(
          format("policy {} on_start_failure={}", resource, random_.chance(50) ? "next-node" : "stay"));
    case 7:
      return change.edits.push_back(
          format("policy {} switchback={}", resource, random_.chance(50) ? "automatic" : "manual"));
    default:
      return change.edits.push_back(format("resource {} start_timeout={}s", resource, random_.between(4, 20)));
  }
}

/// One, or a whole hierarchy; on its own, or on top of what is there.
void LiveGenerator::add_resources(Change& change) {
  const std::int64_t count = random_.chance(50) ? 1 : random_.between(2, 4);
  const std::size_t first = resources_ + 1;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t number = ++resources_;
    EditedFile::Resource resource;
    if (number > first && random_.chance(80))
      resource.below.insert(static_cast<std::size_t>(
          random_.between(static_cast<std::int64_t>(first), static_cast<std::int64_t>(number) - 1)));
    if (random_.chance(25) && !file_.resources.empty()) resource.below.insert(any_of(file_.resources)->first);
    resource.nodes = random_.chance(60) ? file_.nodes : shuffled(file_.nodes);
    std::string line =
        format("resource {} agent={}", named(number), std::array{"ip", "process", "script"}[random_.next() % 3]);
    if (!resource.below.empty()) line += " depends_on=" + list_of(resource.below, named);
    if (random_.chance(40)) line += format(" start_time={}ms", random_.between(1, 3000));
    if (random_.chance(30)) line += format(" stop_time={}ms", random_.between(1, 3000));
    line += " start_timeout=10s stop_timeout=10s monitor_timeout=5s recover_timeout=10s nodes=";
    change.edits.push_back(line + list_of(resource.nodes, [](const std::string& node) { return node; }));
    file_.resources[number] = std::move(resource);
  }
  if (random_.chance(30)) return;
  change.after.push_back(pause(3000000));
  change.after.push_back(format("start {} on {}", named(resources_), *any_of(file_.nodes)));
}

void LiveGenerator::write_dependencies(Change& change, std::size_t resource) const {
  const auto& below = file_.resources.at(resource).below;
  change.edits.push_back(
      format("resource {} depends_on={}", named(resource), below.empty() ? "none" : list_of(below, named)));
}

void LiveGenerator::write_nodes(Change& change, std::size_t resource) const {
  change.edits.push_back(
      format("resource {} nodes={}", named(resource),
             list_of(file_.resources.at(resource).nodes, [](const std::string& node) { return node; })));
}

std::set<std::size_t> LiveGenerator::joined_to(std::size_t resource) const {
  std::set<std::size_t> joined{resource};
  for (std::size_t before = 0; before != joined.size();) {
    before = joined.size();
    for (const auto& [number, other] : file_.resources) {
      const bool above = std::any_of(other.below.begin(), other.below.end(),
                                     [&](std::size_t below) { return joined.contains(below); });
      if (above) joined.insert(number);
      if (joined.contains(number)) joined.insert(other.below.begin(), other.below.end());
    }
  }
  return joined;
}

/// One, or its whole hierarchy.
void LiveGenerator::remove_resources(Change& change) {
  const std::size_t chosen = any_of(file_.resources)->first;
  const std::set<std::size_t> gone = random_.chance(30) ? joined_to(chosen) : std::set<std::size_t>{chosen};
  if (gone.size() == file_.resources.size()) return change_resource(change);
  for (const std::size_t number : gone) file_.resources.erase(number);
  for (auto& [number, resource] : file_.resources)
    if (std::erase_if(resource.below, [&](std::size_t below) { return gone.contains(below); }) > 0)
      write_dependencies(change, number);
  for (const std::size_t number : gone) change.edits.push_back("config remove resource " + named(number));
}

void LiveGenerator::change_dependency(Change& change) {
  const std::size_t upper = any_of(file_.resources)->first;
  std::set<std::size_t>& below = file_.resources.at(upper).below;
  if (!below.empty() && random_.chance(50)) {
    below.erase(any_of(below));
  } else {
    const std::size_t lower = any_of(file_.resources)->first;
    if (lower >= upper) return change_resource(change);
    below.insert(lower);
  }
  write_dependencies(change, upper);
}

std::vector<std::string> LiveGenerator::shuffled(std::vector<std::string> nodes) {
  for (std::size_t i = nodes.size(); i > 1; --i)
    std::swap(nodes[i - 1], nodes[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i) - 1))]);
  return nodes;
}

/// Other priorities; sometimes it may not run on one of the nodes any more.
void LiveGenerator::change_order(Change& change) {
  const std::size_t resource = any_of(file_.resources)->first;
  std::vector<std::string> nodes = shuffled(file_.nodes);
  if (random_.chance(25)) nodes.pop_back();
  file_.resources.at(resource).nodes = std::move(nodes);
  write_nodes(change, resource);
}

/// A new machine, or one that was removed; resources may run there, or only some of them. All are there and hear each
/// other: a node that was cut off meanwhile does not know the new one, and is left out for good (L9).
void LiveGenerator::add_node(Change& change) {
  std::vector<std::string> candidates;
  for (std::uint32_t i = 0; i <= machines_ && i < node_names.size(); ++i)
    if (std::find(file_.nodes.begin(), file_.nodes.end(), node_names[i]) == file_.nodes.end())
      candidates.emplace_back(node_names[i]);
  if (candidates.empty()) return remove_node(change);
  const std::string node = *any_of(candidates);
  const auto place =
      static_cast<std::uint32_t>(std::find(node_names.begin(), node_names.end(), node) - node_names.begin());
  machines_ = std::max(machines_, place + 1);
  change.by_majority = true;
  change.before.emplace_back("heal all");
  for (const std::string& known : file_.nodes)
    if (is_known(change, known)) change.before.push_back("boot " + known);
  change.before.emplace_back("run 40s");
  file_.nodes.push_back(node);
  change.edits.push_back("config add node " + node);
  const int share = random_.chance(60) ? 100 : 50;
  for (auto& [number, resource] : file_.resources) {
    if (!random_.chance(share)) continue;
    const std::int64_t at = random_.between(0, static_cast<std::int64_t>(resource.nodes.size()));
    resource.nodes.insert(resource.nodes.begin() + at, node);
    write_nodes(change, number);
  }
  change.after.push_back(pause(random_.chance(50) ? 100000 : 10000000));
  if (random_.chance(70)) change.after.push_back("boot " + node);
  change.after.emplace_back("run 10s");
}

bool LiveGenerator::is_known(const Change& change, const std::string& node) {
  const auto end = node_names.begin() + change.machines;
  return std::find(node_names.begin(), end, node) != end;
}

/// Where what it ran may have left before; else it is refused as long as something runs there.
void LiveGenerator::remove_node(Change& change) {
  if (file_.nodes.size() <= 2) return change_node(change);
  const std::string node = *any_of(file_.nodes);
  if (random_.chance(60) && is_known(change, node)) empty_node(change, node);
  change.by_majority = true;
  std::erase(file_.nodes, node);
  for (auto& [number, resource] : file_.resources) std::erase(resource.nodes, node);
  const std::string& other = file_.nodes.front();
  for (auto& [number, resource] : file_.resources)
    if (resource.nodes.empty()) {  // it could run there only
      resource.nodes.push_back(other);
      write_nodes(change, number);
    }
  change.edits.push_back("config remove node " + node);
}

void LiveGenerator::empty_node(Change& change, const std::string& node) {
  if (leaves_ && random_.chance(30)) {
    change.before.push_back("stop-node " + node);
  } else {
    std::set<std::size_t> done;
    for (const auto& [number, resource] : file_.resources) {
      if (done.contains(number) || number > change.resources) continue;
      done.merge(joined_to(number));
      const std::string target(node_names[static_cast<std::size_t>(random_.next() % change.machines)]);
      if (target != node) change.before.push_back(format("switchover {} to {}", named(number), target));
    }
  }
  change.before.push_back(pause(20000000));
}

}  // namespace holdfast::sim
