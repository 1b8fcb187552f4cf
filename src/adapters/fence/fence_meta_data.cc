#include "adapters/fence/fence_meta_data.h"

#include <algorithm>
#include <pugixml.hpp>

#include "base/format.h"

namespace holdfast {
namespace {

/// The library of the agents writes `<!-- ... -->` and warnings before it.
std::string_view from_xml(std::string_view text) {
  std::size_t begin = text.find("<?xml");
  if (begin == std::string_view::npos) begin = text.find("<resource-agent");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

FenceParameter read_parameter(const pugi::xml_node& node) {
  const std::string_view required = node.attribute("required").as_string();
  const std::string_view deprecated = node.attribute("deprecated").as_string();
  return {node.attribute("name").as_string(), deprecated != "1" && (required == "1" || required == "true"),
          !std::string_view(node.child("content").attribute("default").as_string()).empty(),
          node.attribute("obsoletes").as_string()};
}

}  // namespace

bool FenceMetaData::has_parameter(std::string_view wanted) const {
  return std::ranges::any_of(parameters, [&](const FenceParameter& p) { return p.name == wanted; });
}

bool FenceMetaData::has_action(std::string_view wanted) const {
  return std::ranges::find(actions, wanted) != actions.end();
}

Result<FenceMetaData> parse_fence_meta_data(std::string_view text) {
  text = from_xml(text);
  if (text.empty()) return failure("no XML");
  // Up to the end tag: a warning of Python may follow.
  constexpr std::string_view end_tag = "</resource-agent>";
  if (const std::size_t end = text.rfind(end_tag); end != std::string_view::npos)
    text = text.substr(0, end + end_tag.size());
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) return failure(format("not valid XML: {} at byte {}", parsed.description(), parsed.offset));
  const pugi::xml_node root = document.child("resource-agent");
  if (!root) return failure("not the meta-data of a fence agent");
  FenceMetaData out;
  out.name = root.attribute("name").as_string();
  for (const pugi::xml_node& node : root.child("parameters").children("parameter"))
    if (node.attribute("name")) out.parameters.push_back(read_parameter(node));
  for (const pugi::xml_node& node : root.child("actions").children("action"))
    if (node.attribute("name")) out.actions.emplace_back(node.attribute("name").as_string());
  return out;
}

}  // namespace holdfast
