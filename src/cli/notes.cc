#include "cli/notes.h"

#include <algorithm>
#include <vector>

#include "base/format.h"

namespace holdfast::cli {
namespace {

using api::NodeShown;

/// What it means that the node stands so; empty for one that is online.
std::string meaning(const api::NodeStatus& node) {
  switch (node.state) {
    case NodeShown::online:
    case NodeShown::unknown:
      return {};
    case NodeShown::failed:
      return format("{} failed: it answers over no link", node.name);
    case NodeShown::stopped:
      return format("{} left in order: nothing of it is taken over (N5)", node.name);
    case NodeShown::daemon_dead:
      return format("{}: its daemon does not answer, its services go on; it is waited for (N7)", node.name);
    case NodeShown::set_aside:
      return format("{} did not answer the sync in time: it takes no part until it does", node.name);
    case NodeShown::config_differs:
      return format("{} has another configuration: it takes no part until both are equal", node.name);
    case NodeShown::waiting:
      return format("{} was not heard yet since this side started (O1)", node.name);
  }
  return {};
}

/// Nobody wants it anywhere and nothing of it runs or failed: one line for all such.
bool at_rest(const api::ResourceStatus& resource) {
  if (resource.wanted_on) return false;
  return std::all_of(resource.states.begin(), resource.states.end(), [](const auto& entry) {
    return entry.second == api::StateShown::out_of_service || entry.second == api::StateShown::unknown;
  });
}

}  // namespace

std::string render_notes(const api::Status& status, const Console& console) {
  std::vector<std::string> notes;
  for (const api::NodeStatus& node : status.nodes)
    if (std::string text = meaning(node); !text.empty()) notes.push_back(std::move(text));
  if (!status.left_out.empty())
    notes.push_back(
        format("{} left out of the view of {}: not all who stay together hear each other and them; line "
               "001004 of the log names the pair (L9)",
               fmt::join(status.left_out, ", "), status.node));
  for (const api::Attention& attention : status.attention) {
    const bool says_it = attention.text.find("holdfast ") != std::string::npos;
    notes.push_back(attention.text +
                    (attention.command.empty() || says_it ? "" : format("; next: {}", attention.command)));
  }
  std::vector<std::string> resting;
  for (const api::HierarchyStatus& hierarchy : status.hierarchies)
    for (const std::string& name : hierarchy.resources) {
      const api::ResourceStatus* resource = status.resource(name);
      if (resource == nullptr) continue;
      if (at_rest(*resource)) resting.push_back(name);
    }
  if (!resting.empty() && status.synced)
    notes.push_back(format("{}: out of service and wanted nowhere; start with: holdfast resource start {}",
                           fmt::join(resting, ", "), resting.front()));
  std::string text;
  const std::string mark = console.paint("!", Colour::yellow);
  for (const std::string& note : notes)
    text += mark + " " + wrapped(note, static_cast<std::size_t>(std::max(console.columns - 2, 20)), "  ") + '\n';
  return text;
}

}  // namespace holdfast::cli
