#include "sim/random/trial.h"

#include <algorithm>
#include <sstream>

#include "base/format.h"
#include "sim/journal/check.h"
#include "sim/random/invariants.h"
#include "sim/trace_digest.h"

namespace holdfast::sim {

namespace {

/// Two violations are the same if they say the same but for numbers and the names of nodes.
std::string kind_of(const std::string& violation) {
  std::istringstream words(violation.substr(std::min(violation.find(": "), violation.size())));
  std::ostringstream kind;
  for (std::string word; words >> word;) {
    const bool node = std::any_of(node_names.begin(), node_names.end(),
                                  [&](const std::string_view name) { return word.starts_with(name); });
    const bool numbered = word.find_first_of("0123456789") != std::string::npos && word[0] != '(';
    kind << (node ? "N" : numbered ? "#" : word) << ' ';
  }
  return kind.str();
}

}  // namespace

Trial try_scenario(const RandomScenario& random, Trace trace, const Journals& journals) {
  Trial trial;
  const auto scenario = parse_scenario(random.text());
  if (!scenario) {
    trial.violation = "the generated scenario is wrong: " + scenario.error().text;
    return trial;
  }
  Player::Options options;
  options.keep_record = false;
  options.keep_story = trace == Trace::yes;
  options.keep_journals = journals.checked;
  options.print = trace == Trace::yes ? Story::Print::yes : Story::Print::no;
  Player player(*scenario, options);
  Invariants invariants(player.world());
  if (random.quiet) invariants.expect_no_faults();
  player.world().observe(invariants);
  player.judged_by(invariants);
  TraceDigest digest(player.world());
  player.world().observe(digest);
  trial.violation = player.play();
  if (!trial.violation) {
    invariants.check_rest();
    if (const auto verdict = invariants.verdict()) trial.violation = "end: " + *verdict;
    if (!trial.violation && random.quiet && invariants.node_failures() + invariants.failovers() > 0)
      trial.violation =
          format("end: {} nodes were taken for failed, and there were {} failovers, though nothing failed",
                 invariants.node_failures(), invariants.failovers());
  }
  if (!journals.folder.empty())
    if (const Result<void> stored = store_journals(player.world(), journals.folder); !stored)
      trial.violation = "journal: " + stored.error().text;
  if (journals.checked && !trial.violation)
    if (const auto difference = journal_difference(player.world())) trial.violation = "journal: " + *difference;
  const double hours = static_cast<double>(player.world().now().micros) / 3.6e9;
  trial.node_hours = hours * static_cast<double>(player.world().config().nodes.size());
  trial.failovers = invariants.failovers();
  trial.digest = digest.value();
  trial.events = player.world().scheduler().events();
  return trial;
}

RandomScenario shrink(RandomScenario scenario, const std::string& violation, int tries, const Journals& journals) {
  const std::string kind = kind_of(violation);
  for (std::size_t chunk = std::max<std::size_t>(scenario.middle.size() / 2, 1); tries > 0;) {
    bool smaller = false;
    for (std::size_t at = 0; at < scenario.middle.size() && tries > 0;) {
      RandomScenario candidate = scenario;
      const auto begin = candidate.middle.begin() + static_cast<std::ptrdiff_t>(at);
      const auto length = static_cast<std::ptrdiff_t>(std::min(chunk, candidate.middle.size() - at));
      candidate.middle.erase(begin, begin + length);
      --tries;
      const Trial trial = try_scenario(candidate, Trace::no, {journals.checked});
      if (trial.violation && kind_of(*trial.violation) == kind) {
        scenario = std::move(candidate);
        smaller = true;
      } else {
        at += chunk;
      }
    }
    if (chunk == 1 && !smaller) break;
    chunk = std::max<std::size_t>(chunk / 2, 1);
  }
  return scenario;
}

}  // namespace holdfast::sim
