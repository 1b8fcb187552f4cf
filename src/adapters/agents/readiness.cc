#include "adapters/agents/readiness.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "adapters/agents/exit_reason.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr int ocf_success = 0;
constexpr int ocf_unimplemented = 3;
constexpr int ocf_not_installed = 5;
constexpr std::size_t reason_limit = 300;
/// check_binary of ocf-shellfuncs: nearly every agent asks so for its program.
constexpr std::string_view no_program = "Setup problem: couldn't find command";
/// What their `ready` looks at never lies on a file system of the cluster.
constexpr std::array grounded{"disk", "ip", "probe", "systemd"};
constexpr std::array addresses{"ip",
                               "probe",
                               "ocf:heartbeat:IPaddr",
                               "ocf:heartbeat:IPaddr2",
                               "ocf:heartbeat:IPv6addr",
                               "ocf:heartbeat:IPsrcaddr"};

bool is_grounded(const std::string& agent) {
  return std::ranges::find(grounded, agent) != grounded.end() || agent.starts_with("lsb:");
}

bool brings_files(const ResourceConfig& resource) {
  return std::ranges::find(addresses, resource.agent) == addresses.end();
}

/// Names of all below it that bring files.
void collect_storage(const ResourceConfig& resource, const ClusterConfig& config, std::set<ResourceName>& seen,
                     std::set<ResourceName>& out) {
  for (const ResourceName& name : resource.depends_on) {
    const auto below = config.resources.find(name);
    if (below == config.resources.end() || !seen.insert(name).second) continue;
    if (brings_files(below->second)) out.insert(name);
    collect_storage(below->second, config, seen, out);
  }
}

Readiness exited(const ResourceConfig& resource, const RunResult& run, Ground ground) {
  const bool own = !resource.agent.starts_with("ocf:");
  std::string text = own ? tail_line(run.output, reason_limit) : exit_reason(run.output);
  if (run.exit_code == ocf_success) return {Verdict::ready, own ? text : ""};
  if (run.exit_code == ocf_unimplemented) return {Verdict::unknown, "its agent cannot tell"};
  if (text.empty())
    text = run.exit_code == ocf_not_installed ? "what it needs is not installed"
                                              : format("its agent refuses with exit code {}", run.exit_code);
  const bool certain = ground == Ground::here || is_grounded(resource.agent) || text.starts_with(no_program);
  if (!certain)
    return {Verdict::unknown, format("only where what it depends on is in service can its agent tell ({})", text)};
  return {Verdict::not_ready, text};
}

}  // namespace

Readiness readiness_of(const ResourceConfig& resource, const RunResult& run, Ground ground) {
  switch (run.outcome) {
    case RunOutcome::exited:
      return exited(resource, run, ground);
    case RunOutcome::timed_out:
      return {Verdict::unknown, "its agent does not tell: no answer in time"};
    case RunOutcome::not_run:
      return {Verdict::not_ready, tail_line(run.output, reason_limit)};
    case RunOutcome::signalled:
      return {Verdict::unknown, format("its agent does not tell: it was ended by signal {}", run.exit_code)};
    case RunOutcome::cancelled:
      break;
  }
  return {Verdict::unknown, "its agent was not waited for"};
}

Ground ground_of(const ResourceConfig& resource, const ClusterConfig& config,
                 const std::function<bool(const ResourceName&)>& in_service_here) {
  std::set<ResourceName> seen;
  std::set<ResourceName> storage;
  collect_storage(resource, config, seen, storage);
  return std::ranges::all_of(storage, in_service_here) ? Ground::here : Ground::elsewhere;
}

}  // namespace holdfast
