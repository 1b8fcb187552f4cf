// Checking a resource's agent and parameters before anything runs (K5, E1).
#include <string_view>

#include "adapters/agents/catalogue.h"
#include "adapters/agents/check_parameters.h"
#include "adapters/agents/installed.h"
#include "adapters/agents/ocf_result.h"
#include "adapters/agents/pacemaker.h"
#include "adapters/agents/visible_lack.h"
#include "adapters/process/program_runner.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr Millis check_limit{20000};
constexpr int ocf_arguments = 2;
constexpr int ocf_configured = 6;
constexpr const char* nobody = "RESOURCE";  // stands in defaults that are made of the resource's name

}  // namespace

Result<OcfMetaData> Catalogue::ask_meta_data(const std::string& agent) const {
  const auto location = locate(agent);
  if (!location) return tl::unexpected(location.error());
  ResourceConfig unnamed;
  unnamed.name = ResourceName{nobody};
  unnamed.agent = agent;
  const RunResult run = run_and_wait(command_for(*location, unnamed, "meta-data", check_limit, Millis{0}), check_limit);
  if (run.outcome != RunOutcome::exited || run.exit_code != 0)
    return failure(format("agent {} gives no meta-data: {}", agent,
                          run.outcome == RunOutcome::timed_out
                              ? "no answer in time"
                              : format("exit code {}: {}", run.exit_code, tail_line(run.output))));
  auto parsed = parse_ocf_meta_data(run.output);
  if (!parsed) return failure(format("meta-data of agent {}: {}", agent, parsed.error().text));
  return parsed;
}

Result<OcfMetaData> Catalogue::meta_data(const std::string& agent) {
  auto known = known_.find(agent);
  if (known == known_.end()) known = known_.emplace(agent, ask_meta_data(agent)).first;
  return known->second;
}

std::vector<std::string> Catalogue::check_values(const ResourceConfig& resource) const {
  const auto location = locate(resource.agent);
  if (!location) return {};
  const RunResult run =
      run_and_wait(command_for(*location, resource, "validate-all", check_limit, Millis{0}), check_limit);
  // "Not installed" speaks of this node only; where the resource runs may be another.
  if (run.outcome != RunOutcome::exited || (run.exit_code != ocf_arguments && run.exit_code != ocf_configured))
    return {};
  return {format("resource \"{}\": {}", resource.name.value, tail_line(run.output))};
}

std::vector<std::string> Catalogue::check_resource(const ResourceConfig& resource) {
  const auto known = meta_data(resource.agent);
  const std::string where = format("resource \"{}\": ", resource.name.value);
  if (!known) return {where + known.error().text};
  if (const std::string reason = needs_pacemaker(resource.agent, resource.parameters); !reason.empty())
    return {where + reason};
  std::vector<std::string> out = parameter_problems(resource.agent, resource.parameters, *known);
  for (std::string& problem : out) problem.insert(0, where);
  if (out.empty() && is_own(resource.agent)) out = check_values(resource);
  return out;
}

Result<std::optional<ReadyQuestion>> Catalogue::ready_question(const ResourceConfig& resource, Ground ground) const {
  const auto location = locate(resource.agent);
  if (!location) return tl::unexpected(location.error());
  if (const std::string reason = needs_pacemaker(resource.agent, resource.parameters); !reason.empty())
    return failure(reason);
  const bool own = is_own(resource.agent);
  const auto known = known_.find(resource.agent);
  const OcfMetaData* said = known != known_.end() && known->second ? &*known->second : nullptr;
  if (!own && ground == Ground::here)
    if (std::string lack = visible_lack(resource, said); !lack.empty()) return failure(std::move(lack));
  if (!own && said != nullptr && !said->has_action("validate-all")) return std::nullopt;
  if (!own) make_temporary();
  return ReadyQuestion{command_for(*location, resource, own ? "ready" : "validate-all", check_limit, Millis{0}),
                       [resource, ground](const RunResult& run) { return readiness_of(resource, run, ground); }};
}

Readiness Catalogue::readiness(const ResourceConfig& resource, Ground ground) {
  meta_data(resource.agent);
  auto question = ready_question(resource, ground);
  if (!question) return {Verdict::not_ready, question.error().text};
  if (!*question) return {Verdict::unknown, "its agent cannot tell"};
  return (*question)->meaning(run_and_wait(std::move((*question)->command), check_limit));
}

Result<std::string> Catalogue::brief(const std::string& agent) {
  constexpr std::string_view lsb = "lsb:";
  const std::string script =
      agent.starts_with(lsb) ? init_script_text(settings_.init_folder + "/" + agent.substr(lsb.size())) : "";
  if (!script.empty()) return script;
  const auto known = meta_data(agent);
  if (!known) return tl::unexpected(known.error());
  return known->brief;
}

}  // namespace holdfast
