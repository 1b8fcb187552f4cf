#include "adapters/agents/check_parameters.h"

#include <algorithm>
#include <array>

#include "adapters/agents/installed.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"
#include "base/spelling.h"

namespace holdfast {
namespace {

constexpr std::array general{check_level_parameter, std::string_view("trace_ra"), std::string_view("trace_dir")};
/// What ocf_is_true of Debian's agents takes, and what it is written for.
constexpr std::array truths{"yes", "YES", "true",  "TRUE",  "True",  "1", "ja",   "on",  "ON",
                            "no",  "NO",  "false", "FALSE", "False", "0", "nein", "off", "OFF"};
constexpr std::size_t shown_limit = 80;

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has_type(const OcfParameter& parameter, std::string_view value) {
  if (parameter.type == "integer") return is_whole_number(value);
  if (parameter.type == "boolean") return std::ranges::find(truths, value) != truths.end();
  if (parameter.type == "select" && !parameter.choices.empty())
    return std::ranges::find(parameter.choices, value) != parameter.choices.end();
  return true;
}

std::string rule(const OcfParameter& parameter) {
  if (parameter.type == "integer") return "a whole number";
  if (parameter.type == "boolean") return "true or false";
  return "one of " + list_like(parameter.choices, "", 40);
}

/// Some agents call a parameter a number or a truth though their own default is none; their word is not taken then.
bool is_well(const OcfParameter& parameter, const std::string& value) {
  const bool declared = parameter.standard.empty() || has_type(parameter, parameter.standard);
  return value.empty() || !declared || has_type(parameter, value);
}

std::string unknown(const std::string& agent, const std::string& name, const OcfMetaData& meta_data) {
  std::vector<std::string> allowed;
  for (const OcfParameter& parameter : meta_data.parameters) allowed.push_back(parameter.name);
  const std::string meant = nearest_word(allowed, name);
  return format("agent {} has no parameter \"{}\"; {}allowed: {}", agent, tail_line(name, shown_limit),
                meant.empty() ? "" : format("did you mean \"{}\"? ", meant), list_like(allowed, name, 40));
}

}  // namespace

bool is_general_parameter(std::string_view name) { return std::ranges::find(general, name) != general.end(); }

std::vector<std::string> parameter_problems(const std::string& agent, const std::map<std::string, std::string>& given,
                                            const OcfMetaData& meta_data) {
  std::vector<std::string> out;
  const bool is_ocf = agent.starts_with("ocf:");
  for (const auto& [name, value] : given) {
    const OcfParameter* parameter = meta_data.parameter(name);
    const std::string shown = tail_line(value, shown_limit);
    if (parameter != nullptr && !is_well(*parameter, value))
      out.push_back(
          format("parameter \"{}\" of agent {} is \"{}\"; it must be {}", name, agent, shown, rule(*parameter)));
    if (parameter == nullptr && is_ocf && name == check_level_parameter && !is_whole_number(value))
      out.push_back(
          format("parameter \"{}\" is \"{}\"; it must be a whole number, the depth of the monitor", name, shown));
    if (parameter == nullptr && !(is_ocf && is_general_parameter(name))) out.push_back(unknown(agent, name, meta_data));
  }
  for (const OcfParameter& parameter : meta_data.parameters) {
    const auto found = given.find(parameter.name);
    // Some agents call a parameter required and give it a default all the same.
    if (!parameter.required || !parameter.standard.empty() || (found != given.end() && !found->second.empty()))
      continue;
    const std::string brief = parameter.brief.empty() || parameter.brief == parameter.name
                                  ? ""
                                  : format(" ({})", tail_line(parameter.brief, shown_limit));
    out.push_back(format("parameter \"{}\"{} of agent {} is missing; it is required", parameter.name, brief, agent));
  }
  return out;
}

std::vector<std::string> parameter_warnings(const std::string& agent, const std::map<std::string, std::string>& given,
                                            const OcfMetaData& meta_data) {
  std::vector<std::string> out;
  for (const OcfParameter& parameter : meta_data.parameters)
    if (parameter.deprecated && given.contains(parameter.name))
      out.push_back(format("parameter \"{}\" of agent {} goes out of use{}", parameter.name, agent,
                           parameter.replaced_by.empty() ? "" : format("; use \"{}\"", parameter.replaced_by)));
  return out;
}

}  // namespace holdfast
