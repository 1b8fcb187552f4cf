#include "adapters/agents/describe.h"

#include <algorithm>

#include "adapters/agents/ocf_text.h"
#include "base/format.h"

namespace holdfast {
namespace {

constexpr std::size_t widest_name = 36;
constexpr std::size_t own_text = 6;  ///< blanks before what an agent's author wrote of a parameter

std::string plain_type(const OcfParameter& parameter) {
  if (parameter.type == "integer") return "whole number";
  if (parameter.type == "boolean") return "true or false";
  if (!parameter.choices.empty()) return format("one of {}", fmt::join(parameter.choices, ", "));
  if (parameter.type.empty() || parameter.type == "string") return "text";
  return parameter.type;
}

std::string parameter_line(const OcfParameter& parameter) {
  std::string line = format("  {}: {}", parameter.name, plain_type(parameter));
  if (parameter.standard.empty())
    line += parameter.required ? ", required" : "";
  else
    line += format(", default {}", parameter.standard);
  if (!parameter.unique_group.empty())
    line += format(", unique with the others of group {}", parameter.unique_group);
  else if (parameter.unique)
    line += ", unique";
  if (parameter.deprecated)
    line += parameter.replaced_by.empty() ? ", goes out of use"
                                          : format(", goes out of use: use {}", parameter.replaced_by);
  return line + "\n";
}

std::string parameter_text(const OcfParameter& parameter) {
  const std::string& text = parameter.text.empty() ? parameter.brief : parameter.text;
  return parameter_line(parameter) + (text == parameter.name ? "" : indented(text, own_text));
}

std::string action_line(const OcfAction& action) {
  std::string line = format("  {}", action.name);
  if (action.timeout.count() > 0) line += format(", at most {}", show(action.timeout));
  if (action.interval.count() > 0) line += format(", every {}", show(action.interval));
  if (action.depth != 0) line += format(", depth {} (OCF_CHECK_LEVEL)", action.depth);
  if (!action.role.empty()) line += format(", while {}", action.role);
  return line + "\n";
}

std::string heading(const std::string& agent, const OcfMetaData& meta_data) {
  std::string out = agent;
  if (!meta_data.brief.empty()) out += ": " + meta_data.brief;
  if (!meta_data.agent_version.empty()) out += format(" (version {})", meta_data.agent_version);
  return out + "\n";
}

}  // namespace

std::string agents_as_text(const std::vector<ListedAgent>& agents) {
  std::size_t width = 0;
  for (const ListedAgent& agent : agents) width = std::max(width, std::min(agent.name.size(), widest_name));
  std::string out;
  for (const ListedAgent& agent : agents) {
    std::string line = format("{:<{}}", agent.name, width);
    if (!agent.brief.empty()) line += "  " + agent.brief;
    if (!agent.problem.empty()) line += format("{}[{}]", agent.brief.empty() ? "  " : " ", agent.problem);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string agent_as_text(const std::string& agent, const OcfMetaData& meta_data, const std::string& problem) {
  std::string out = heading(agent, meta_data);
  if (!problem.empty()) out += "Not usable here: " + problem + "\n";
  if (!meta_data.text.empty() && meta_data.text != meta_data.brief) out += "\n" + indented(meta_data.text, 0);
  out += meta_data.parameters.empty() ? "\nNo parameters\n" : "\nParameters\n";
  for (const OcfParameter& parameter : meta_data.parameters) out += parameter_text(parameter);
  out += "\nActions\n";
  for (const OcfAction& action : meta_data.actions) out += action_line(action);
  return out;
}

}  // namespace holdfast
