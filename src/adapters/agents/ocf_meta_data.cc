#include "adapters/agents/ocf_meta_data.h"

#include <pugixml.hpp>

#include "adapters/agents/ocf_result.h"
#include "base/format.h"

namespace holdfast {
namespace {

bool is_true(const pugi::xml_attribute& attribute) {
  const std::string_view text = attribute.as_string();
  return text == "1" || text == "true" || text == "yes";
}

Result<void> check_version(const std::string& version) {
  // Nearly every agent of Debian 12 says 1.0; some say nothing.
  if (version.empty() || version == "1.0" || version == "1.1") return {};
  return failure(format("OCF API version \"{}\"; allowed: 1.0, 1.1", tail_line(version.substr(0, 16))));
}

OcfParameter read_parameter(const pugi::xml_node& node) {
  OcfParameter out;
  out.name = node.attribute("name").as_string();
  out.type = node.child("content").attribute("type").as_string();
  out.standard = node.child("content").attribute("default").as_string();
  out.required = is_true(node.attribute("required"));
  out.unique = is_true(node.attribute("unique"));
  return out;
}

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

}  // namespace

Result<OcfMetaData> parse_ocf_meta_data(std::string_view text) {
  std::size_t begin = text.find("<?xml");
  if (begin == std::string_view::npos) begin = text.find("<resource-agent");
  if (begin == std::string_view::npos) return failure("no XML");
  text.remove_prefix(begin);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) return failure(format("not valid XML: {} at byte {}", parsed.description(), parsed.offset));
  const pugi::xml_node root = document.child("resource-agent");
  if (!root) return failure("not the meta-data of a resource agent");
  OcfMetaData out;
  out.name = root.attribute("name").as_string();
  out.version = trimmed(root.child("version").child_value());
  if (auto version = check_version(out.version); !version) return tl::unexpected(version.error());
  for (const pugi::xml_node& node : root.child("parameters").children("parameter"))
    if (node.attribute("name")) out.parameters.push_back(read_parameter(node));
  for (const pugi::xml_node& node : root.child("actions").children("action"))
    if (node.attribute("name")) out.actions.emplace_back(node.attribute("name").as_string());
  return out;
}

}  // namespace holdfast
