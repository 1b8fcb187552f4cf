// `holdfast split plan` (B7): which side would lose what.
#include <map>

#include "base/format.h"
#include "cli/asking.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;

/// "beta loses web, web-ip", or why it would be refused.
std::string losses(const api::SplitChoice& choice) {
  if (!choice.preview.refused.empty()) return "refused: " + choice.preview.refused;
  std::map<std::string, std::vector<std::string>> stopped;
  std::vector<std::string> started;
  for (const api::PlannedOperation& o : choice.preview.operations)
    if (o.kind == "stop")
      stopped[o.node].push_back(o.resource);
    else
      started.push_back(format("{} on {}", o.resource, o.node));
  std::string text;
  for (const auto& [node, resources] : stopped)
    text += format("{}{} loses {}", text.empty() ? "" : "; ", node, fmt::join(resources, ", "));
  if (!started.empty()) text += format("; started: {}", fmt::join(started, ", "));
  return text.empty() ? "nothing stops" : text;
}

}  // namespace

Exit plan_split(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get("/v1/split");
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) {
    console.out << reply.body << '\n';
    return Exit::done;
  }
  const auto split = api::parse_split(reply.body);
  if (!split) {
    console.complain(split.error().text);
    return Exit::failed;
  }
  if (split->empty()) console.out << "Nothing is in service on more than one node: there is nothing to resolve.\n";
  const auto columns = static_cast<std::size_t>(std::max(console.columns - 4, 20));
  for (const api::SplitHierarchy& hierarchy : *split) {
    console.out << console.paint(format("{} is split", hierarchy.name), Colour::bold) << '\n';
    for (const api::SplitChoice& choice : hierarchy.choices)
      console.out << format("  in service on {}: {}\n", choice.keep, fmt::join(choice.serves, ", "));
    for (const api::SplitChoice& choice : hierarchy.choices)
      console.out << format("  holdfast split resolve {} --keep {}\n", hierarchy.name, choice.keep) << "    "
                  << wrapped(losses(choice), columns, "    ") << '\n';
  }
  return Exit::done;
}

}  // namespace holdfast::cli
