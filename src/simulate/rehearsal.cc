#include "simulate/rehearsal.h"

#include <algorithm>

#include "base/format.h"
#include "core/knowledge.h"

namespace holdfast::simulate {

namespace {

std::vector<NodeId> nodes_of(std::uint64_t bits) {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 1; i <= 64; ++i)
    if ((bits >> (i - 1) & 1) != 0) nodes.push_back(NodeId{i});
  return nodes;
}

bool play(Driver& driver, const std::vector<Fault>& faults, std::optional<Micros> second_after) {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i != 0 && second_after) driver.run_until(driver.now() + *second_after);
    if (i != 0 && !second_after) driver.run_to_rest();
    driver.inject(faults[i]);
  }
  return driver.run_to_rest();
}

/// Another node that lives beside it could run all that its hierarchy wants.
bool is_protected(const std::vector<const ClusterState*>& sides, const ResourceName& name, NodeId runs_on) {
  for (const ClusterState* side : sides) {
    if (!core::is_member(*side, runs_on)) continue;
    const Hierarchy* hierarchy = core::hierarchy_of(*side, name);
    for (const NodeId member : side->members) {
      if (member == runs_on) continue;
      const bool can =
          std::all_of(hierarchy->resources.begin(), hierarchy->resources.end(),
                      [&](const ResourceName& r) { return core::runs_on(side->config->resources.at(r), member); });
      if (can) return true;
    }
  }
  return false;
}

/// What the core said that an operator must know: what is held, waits, or broke.
void collect_warnings(const Driver& driver, const std::vector<StoryLine>& story, Rehearsal& rehearsal) {
  for (const StoryLine& line : story) {
    if (line.rule.empty() || (line.severity != Severity::warning && line.severity != Severity::error)) continue;
    const bool known = std::any_of(rehearsal.warnings.begin(), rehearsal.warnings.end(),
                                   [&](const Warning& w) { return w.text == line.text; });
    if (!known) rehearsal.warnings.push_back({line.rule, line.text});
  }
  if (driver.was_under_way())
    rehearsal.warnings.push_back({"R2", "the cluster was not at rest: operations were under way at the beginning"});
}

}  // namespace

Rehearsal rehearse(const Present& present, const std::vector<Fault>& faults, std::optional<Micros> second_after) {
  Rehearsal rehearsal;
  Driver expected(present, Case::expected, Driver::Story::kept);
  Driver worst(present, Case::worst);
  const std::vector<ResourceRun> before = expected.resources();
  rehearsal.came_to_rest = play(expected, faults, second_after);
  play(worst, faults, second_after);
  const std::vector<const ClusterState*> sides = expected.sides();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const ResourceRun& run = expected.resources()[i];
    const ResourceRun& slow = worst.resources()[i];
    ResourceAnswer answer;
    answer.name = expected.names()[i];
    answer.before = nodes_of(before[i].runs);
    answer.after = nodes_of(run.runs);
    answer.twice = run.twice || slow.twice;
    answer.never_comes_back = run.never_comes_back() || slow.never_comes_back();
    if (run.was_in_service && !answer.never_comes_back) {
      answer.outage = run.longest;
      answer.worst_outage = std::max(run.longest, slow.longest);
    }
    answer.unprotected = answer.after.size() == 1 && !is_protected(sides, answer.name, answer.after.front());
    rehearsal.resources.push_back(std::move(answer));
  }
  rehearsal.story = expected.story();
  collect_warnings(expected, rehearsal.story, rehearsal);
  if (!rehearsal.came_to_rest) rehearsal.warnings.push_back({"", "the cluster does not come to rest within two hours"});
  return rehearsal;
}

}  // namespace holdfast::simulate
