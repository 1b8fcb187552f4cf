#include "cli/asking.h"

#include <algorithm>

#include "api/target.h"
#include "base/format.h"

namespace holdfast::cli {
namespace {

std::string on_resource(const Options& options, const char* verb) {
  return format("/v1/resources/{}/{}", api::percent_encode(options.resource), verb);
}
std::string on_node(const Options& options, const char* verb) {
  return format("/v1/nodes/{}/{}", api::percent_encode(options.node), verb);
}

std::string maintenance(const Options& options, bool on) {
  const char* verb = on ? "maintenance-on" : "maintenance-off";
  if (!options.resource.empty()) return on_resource(options, verb);
  if (!options.node.empty()) return on_node(options, verb);
  return on ? "/v1/maintenance/on" : "/v1/maintenance/off";
}

}  // namespace

std::string target_of(const Options& options, api::RequestBody& body) {
  const auto with_node = [&](const char* verb) {
    if (!options.node.empty()) body.node = options.node;
    return on_resource(options, verb);
  };
  switch (options.command) {
    case Command::resource_stop:
      return with_node("stop");
    case Command::resource_move:
      return with_node("move");
    case Command::split_resolve:
      return with_node("resolve");
    case Command::node_confirm_off:
      return on_node(options, "confirm-off");
    case Command::node_confirm:
      return on_node(options, options.yes ? "confirm-yes" : "confirm-no");
    case Command::stop:
      return on_node(options, "leave");
    case Command::maintenance_on:
      return maintenance(options, true);
    case Command::maintenance_off:
      return maintenance(options, false);
    default:
      return with_node("start");
  }
}

std::string what_is_asked(const Options& options) {
  switch (options.command) {
    case Command::resource_stop:
      return "stop " + options.resource;
    case Command::resource_move:
      return "move " + options.resource;
    case Command::resource_start:
      return "start " + options.resource;
    case Command::split_resolve:
      return "resolve " + options.resource;
    case Command::stop:
      return "stop " + options.node;
    default:
      return "asked";
  }
}

std::string render_preview(const api::Preview& preview, const Console& console) {
  if (!preview.refused.empty()) return "refused: " + preview.refused + '\n';
  std::string text;
  const auto columns = static_cast<std::size_t>(std::max(console.columns - 4, 20));
  for (const api::PlannedOperation& o : preview.operations)
    text += wrapped(format("  {:<8} {} on {}  ({} {})", o.kind, o.resource, o.node, o.rule, o.text), columns, "    ") +
            '\n';
  for (const api::DecisionRecord& d : preview.decisions)
    text += wrapped(format("  {} {}", d.rule, d.text), columns, "    ") + '\n';
  if (preview.operations.empty()) text += "  nothing is started, stopped or recovered\n";
  return text;
}

Exit show_preview(const std::string& body, const Options& options, const Console& console) {
  const Result<api::Preview> preview = api::parse_preview(body);
  if (!preview) {
    console.complain(preview.error().text);
    return Exit::failed;
  }
  if (!preview->refused.empty()) {
    console.complain("refused: " + preview->refused);
    return Exit::refused;
  }
  console.out << format("Nothing was done. {} would do, if every step succeeds:\n",
                        options.command == Command::maintenance_off ? "The end of maintenance" : "This")
              << render_preview(*preview, console);
  return Exit::done;
}

}  // namespace holdfast::cli
