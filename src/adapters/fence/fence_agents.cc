#include "adapters/fence/fence_agents.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>

#include "adapters/process/program_runner.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr Millis check_limit{20'000};
constexpr std::array<std::string_view, 6> secret_words{"pass", "secret", "token", "key", "community", "credential"};
/// What we say ourselves; an operator's own value would be overruled in silence.
constexpr std::array<std::string_view, 3> ours{"action", "option", "nodename"};

bool is_executable(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

bool is_secret(std::string_view name) {
  return std::ranges::any_of(secret_words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

bool is_one_line(std::string_view text) { return text.find_first_of(std::string_view("\n\r\0", 3)) == text.npos; }

/// The names that begin like the wrong one, or all.
std::string names_like(const FenceMetaData& meta_data, const std::string& wrong) {
  std::vector<std::string> all;
  std::vector<std::string> near;
  for (const FenceParameter& parameter : meta_data.parameters) {
    all.push_back(parameter.name);
    if (parameter.name.starts_with(wrong.substr(0, 3))) near.push_back(parameter.name);
  }
  return format("{}", fmt::join(near.empty() ? all : near, ", "));
}

Command make_command(std::string program, std::vector<std::string> arguments, const std::string& search_path) {
  Command out;
  out.arguments.push_back(std::move(program));
  out.arguments.insert(out.arguments.end(), arguments.begin(), arguments.end());
  out.environment = {"PATH=" + search_path, "LC_ALL=C", "PYTHONWARNINGS=ignore"};
  return out;
}

}  // namespace

bool is_fence_agent_name(std::string_view name) {
  constexpr std::string_view prefix = "fence_";
  return name.starts_with(prefix) && name.size() > prefix.size() && name.size() <= 63 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

std::string without_secrets(std::string text, const std::map<std::string, std::string>& parameters) {
  for (const auto& [name, value] : parameters) {
    if (!is_secret(name) || value.empty()) continue;
    constexpr std::string_view shown = "***";
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + shown.size()))
      text.replace(at, value.size(), shown);
  }
  return text;
}

FenceAgents::FenceAgents(std::string search_path) : search_path_(std::move(search_path)) {}

Result<std::string> FenceAgents::locate(const std::string& agent) const {
  if (!is_fence_agent_name(agent))
    return failure(format("\"{}\" is not the name of a fence agent; allowed: fence_<name>, for example fence_ipmilan",
                          tail_line(agent, 80)));
  for (std::size_t begin = 0; begin <= search_path_.size();) {
    const std::size_t end = std::min(search_path_.find(':', begin), search_path_.size());
    const std::string program = search_path_.substr(begin, end - begin) + "/" + agent;
    if (is_executable(program)) return program;
    begin = end + 1;
  }
  return failure(format("fence agent {} is not installed (looked in {})", agent, search_path_));
}

std::vector<std::string> FenceAgents::names() const {
  std::set<std::string> found;
  for (std::size_t begin = 0; begin <= search_path_.size();) {
    const std::size_t end = std::min(search_path_.find(':', begin), search_path_.size());
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(search_path_.substr(begin, end - begin), error))
      if (is_fence_agent_name(entry.path().filename().string()) && is_executable(entry.path()))
        found.insert(entry.path().filename());
    begin = end + 1;
  }
  return {found.begin(), found.end()};
}

Result<std::string> FenceAgents::meta_data_text(const std::string& agent) const {
  const auto program = locate(agent);
  if (!program) return tl::unexpected(program.error());
  RunResult run = run_and_wait(make_command(*program, {"-o", "metadata"}, search_path_), check_limit);
  if (run.outcome == RunOutcome::timed_out) return failure(format("fence agent {} gives no metadata in time", agent));
  if (run.outcome != RunOutcome::exited || run.exit_code != 0)
    return failure(
        format("fence agent {} gives no metadata: exit code {}: {}", agent, run.exit_code, tail_line(run.output)));
  return std::move(run.output);
}

Result<FenceMetaData> FenceAgents::ask_meta_data(const std::string& agent) const {
  const auto text = meta_data_text(agent);
  if (!text) return tl::unexpected(text.error());
  auto parsed = parse_fence_meta_data(*text);
  if (!parsed) return failure(format("metadata of fence agent {}: {}", agent, parsed.error().text));
  return parsed;
}

std::vector<std::string> FenceAgents::check(const std::string& agent,
                                            const std::map<std::string, std::string>& parameters) {
  auto known = known_.find(agent);
  if (known == known_.end()) known = known_.emplace(agent, ask_meta_data(agent)).first;
  if (!known->second) return {known->second.error().text};
  const FenceMetaData& meta_data = *known->second;
  std::vector<std::string> out;
  for (const auto& [name, value] : parameters) {
    if (std::ranges::find(ours, name) != ours.end())
      out.push_back(format("parameter \"{}\" is said by Holdfast itself; leave it out", name));
    else if (!meta_data.has_parameter(name))
      out.push_back(
          format("{} has no parameter \"{}\"; allowed: {}", agent, tail_line(name, 80), names_like(meta_data, name)));
  }
  for (const FenceParameter& parameter : meta_data.parameters) {
    const bool by_us =
        std::ranges::find(ours, parameter.name) != ours.end() || parameter.name == "plug" || parameter.name == "port";
    const bool given = parameters.contains(parameter.name) || parameters.contains(parameter.obsoletes);
    if (parameter.required && !parameter.has_standard && !by_us && !given)
      out.push_back(format("parameter \"{}\" of {} is missing; it is required", parameter.name, agent));
  }
  for (const char* action : {"off", "status"})
    if (!meta_data.has_action(action))
      out.push_back(format("{} has no action \"{}\": it cannot confirm that a node is off", agent, action));
  return out;
}

/// `plug`, as most agents call it, `port`, or nothing if the operator named it or the agent takes neither.
std::string FenceAgents::target_parameter(const FenceOrder& order) const {
  if (order.parameters.contains("plug") || order.parameters.contains("port")) return {};
  const auto known = known_.find(order.agent);
  if (known == known_.end() || !known->second) return "plug";
  if (known->second->has_parameter("plug")) return "plug";
  return known->second->has_parameter("port") ? "port" : "";
}

Result<Command> FenceAgents::command(const FenceOrder& order, FenceStep step) const {
  const auto program = locate(order.agent);
  if (!program) return tl::unexpected(program.error());
  Command out = make_command(*program, {}, search_path_);
  out.input = format("action={}\nnodename={}\n", step == FenceStep::off ? "off" : "status", order.target_name);
  if (const std::string name = target_parameter(order); !name.empty())
    out.input += format("{}={}\n", name, order.target_name);
  for (const auto& [name, value] : order.parameters) {
    if (std::ranges::find(ours, name) != ours.end()) continue;
    if (!is_one_line(name) || !is_one_line(value) || name.find('=') != name.npos)
      return failure(
          format("parameter \"{}\" of {} cannot be passed: it holds a line break", tail_line(name, 80), order.agent));
    out.input += format("{}={}\n", name, value);
  }
  return out;
}

}  // namespace holdfast
