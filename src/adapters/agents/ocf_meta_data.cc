#include "adapters/agents/ocf_meta_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <pugixml.hpp>

#include "adapters/agents/ocf_result.h"
#include "adapters/agents/ocf_text.h"
#include "base/format.h"

namespace holdfast {
namespace {

bool is_true(const pugi::xml_attribute& attribute) {
  const std::string_view text = attribute.as_string();
  return text == "1" || text == "true" || text == "yes";
}

std::string word(const pugi::xml_attribute& attribute) { return one_line(attribute.as_string()); }

Result<void> check_version(const std::string& version) {
  // Nearly every agent of Debian 12 says 1.0; some say nothing.
  if (version.empty() || version == "1.0" || version == "1.1") return {};
  return failure(format("OCF API version \"{}\"; allowed: 1.0, 1.1", tail_line(version.substr(0, 16))));
}

OcfParameter read_parameter(const pugi::xml_node& node) {
  const pugi::xml_node content = node.child("content");
  OcfParameter out;
  out.name = word(node.attribute("name"));
  out.type = word(content.attribute("type"));
  out.standard = word(content.attribute("default"));
  out.required = is_true(node.attribute("required"));
  out.unique = is_true(node.attribute("unique"));
  out.unique_group = word(node.attribute("unique-group"));
  for (const pugi::xml_node& option : content.children("option"))
    out.choices.push_back(word(option.attribute("value")));
  out.deprecated = node.child("deprecated") || is_true(node.attribute("deprecated"));
  out.replaced_by = word(node.child("deprecated").child("replaced-with").attribute("name"));
  out.brief = one_line(node.child("shortdesc").child_value());
  out.text = dedented(node.child("longdesc").child_value());
  return out;
}

OcfAction read_action(const pugi::xml_node& node) {
  OcfAction out;
  out.name = word(node.attribute("name"));
  out.timeout = parse_ocf_time(node.attribute("timeout").as_string());
  out.interval = parse_ocf_time(node.attribute("interval").as_string());
  out.depth = node.attribute("depth").as_int();
  out.role = word(node.attribute("role"));
  return out;
}

/// From the beginning of the XML to its last end tag.
std::string_view only_xml(std::string_view text) {
  constexpr std::string_view end_tag = "</resource-agent>";
  std::size_t begin = text.find("<?xml");
  if (begin == std::string_view::npos) begin = text.find("<resource-agent");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  const std::size_t end = text.rfind(end_tag);
  return end == std::string_view::npos ? text : text.substr(0, end + end_tag.size());
}

}  // namespace

const OcfParameter* OcfMetaData::parameter(std::string_view wanted) const {
  const auto found = std::ranges::find(parameters, wanted, &OcfParameter::name);
  return found == parameters.end() ? nullptr : &*found;
}

bool OcfMetaData::has_action(std::string_view wanted) const {
  return std::ranges::find(actions, wanted, &OcfAction::name) != actions.end();
}

Millis parse_ocf_time(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t longest = 1'000'000;
  if (error != std::errc{} || number < 0 || number > longest) return Millis{0};
  std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
  struct Unit {
    std::string_view name;
    std::int64_t millis;
  };
  constexpr std::array units{Unit{"", 1000},      Unit{"s", 1000},      Unit{"sec", 1000},
                             Unit{"ms", 1},       Unit{"msec", 1},      Unit{"m", 60'000},
                             Unit{"min", 60'000}, Unit{"h", 3'600'000}, Unit{"hr", 3'600'000}};
  const auto found = std::ranges::find(units, unit, &Unit::name);
  return Millis{found == units.end() ? 0 : number * found->millis};
}

Result<OcfMetaData> parse_ocf_meta_data(std::string_view text) {
  text = only_xml(text);
  if (text.empty()) return failure("no XML");
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) return failure(format("not valid XML: {} at byte {}", parsed.description(), parsed.offset));
  const pugi::xml_node root = document.child("resource-agent");
  if (!root) return failure("not the meta-data of a resource agent");
  OcfMetaData out;
  out.name = word(root.attribute("name"));
  out.agent_version = word(root.attribute("version"));
  out.version = one_line(root.child("version").child_value());
  if (auto version = check_version(out.version); !version) return tl::unexpected(version.error());
  out.brief = one_line(root.child("shortdesc").child_value());
  out.text = dedented(root.child("longdesc").child_value());
  for (const pugi::xml_node& node : root.child("parameters").children("parameter"))
    if (node.attribute("name")) out.parameters.push_back(read_parameter(node));
  for (const pugi::xml_node& node : root.child("actions").children("action"))
    if (node.attribute("name")) out.actions.push_back(read_action(node));
  return out;
}

}  // namespace holdfast
