// Checking a resource's agent and parameters before anything runs (K5, E1).
#include <algorithm>

#include "adapters/agents/catalogue.h"
#include "adapters/agents/installed.h"
#include "adapters/agents/ocf_result.h"
#include "adapters/process/program_runner.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr Millis check_limit{20000};
constexpr int ocf_arguments = 2;
constexpr int ocf_unimplemented = 3;
constexpr int ocf_configured = 6;

}  // namespace

Result<OcfMetaData> Catalogue::ask_meta_data(const std::string& agent) const {
  const auto location = locate(agent);
  if (!location) return tl::unexpected(location.error());
  ResourceConfig nobody;
  nobody.name = ResourceName{"check"};
  const RunResult run = run_and_wait(command_for(*location, nobody, "meta-data", check_limit, Millis{0}), check_limit);
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

std::vector<std::string> Catalogue::check_parameters(const ResourceConfig& resource,
                                                     const OcfMetaData& meta_data) const {
  std::vector<std::string> out;
  const std::string where = format("resource \"{}\"", resource.name.value);
  std::vector<std::string> allowed;
  for (const OcfParameter& parameter : meta_data.parameters) allowed.push_back(parameter.name);
  for (const auto& [name, value] : resource.parameters)
    if (std::ranges::find(allowed, name) == allowed.end())
      out.push_back(format("{}: agent {} has no parameter \"{}\"; allowed: {}", where, resource.agent, name,
                           list_like(allowed, name, 40)));
  for (const OcfParameter& parameter : meta_data.parameters) {
    const auto given = resource.parameters.find(parameter.name);
    // Some agents call a parameter required and give it a default all the same.
    if (parameter.required && parameter.standard.empty() &&
        (given == resource.parameters.end() || given->second.empty()))
      out.push_back(
          format("{}: parameter \"{}\" of agent {} is missing; it is required", where, parameter.name, resource.agent));
  }
  return out;
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
  if (!known) return {format("resource \"{}\": {}", resource.name.value, known.error().text)};
  std::vector<std::string> out = check_parameters(resource, *known);
  if (out.empty() && is_own(resource.agent)) out = check_values(resource);
  return out;
}

std::vector<std::string> Catalogue::check_readiness(const ResourceConfig& resource) const {
  const auto location = locate(resource.agent);
  if (!location || !is_own(resource.agent)) return {};
  const RunResult run = run_and_wait(command_for(*location, resource, "ready", check_limit, Millis{0}), check_limit);
  const std::string text = tail_line(run.output);
  if (run.outcome == RunOutcome::timed_out)
    return {format("resource \"{}\": its agent does not tell whether it could start here: no answer in time",
                   resource.name.value)};
  if (run.outcome != RunOutcome::exited || run.exit_code == ocf_unimplemented || text.empty()) return {};
  const char* meaning = run.exit_code == 0 ? "" : "could not start on this node now: ";
  return {format("resource \"{}\": {}{}", resource.name.value, meaning, text)};
}

}  // namespace holdfast
