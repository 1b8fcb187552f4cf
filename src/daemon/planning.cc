#include "daemon/planning.h"

#include "config/read.h"
#include "core/config_change.h"
#include "core/config_diff.h"
#include "wire/codec.h"

namespace holdfast::daemon {

api::Planned make_plan(const ClusterState& state, const std::string& text, const std::string& file) {
  api::Planned planned;
  api::PlanAnswer& answer = planned.answer;
  answer.base = state.stamp.digest;
  answer.generation = state.stamp.generation;
  config::ReadOutcome read = config::read_config(text, file.empty() ? "configuration" : file);
  for (const config::Problem& problem : read.problems)
    (problem.warning ? answer.warnings : answer.mistakes).push_back(config::to_line(problem));
  if (!read.config) return planned;
  answer.digest = wire::digest_of(*read.config);
  for (const core::ConfigChange& change : core::differences(*state.config, *read.config)) {
    answer.changes.push_back(core::to_line(change));
    if (change.of == core::ChangeOf::resource && change.kind == core::ChangeKind::added)
      answer.added.push_back(change.name);
  }
  answer.refused = core::why_refused(state, *read.config);
  answer.notes = core::consequences(state, *read.config);
  planned.proposal = ConfigProposal{state.stamp.digest, answer.digest, std::move(*read.config), text};
  return planned;
}

}  // namespace holdfast::daemon
