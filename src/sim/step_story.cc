#include "sim/step_story.h"

#include <algorithm>

#include "base/format.h"
#include "model/names.h"

namespace holdfast::sim {

namespace {

std::string view_line(const ClusterConfig& config, const ViewSynced& view) {
  std::string text = "view ";
  for (const NodeId member : view.members)
    text += (member == view.members.front() ? "" : " ") + node_name(config, member);
  for (const AbsentNode& a : view.absent)
    text += format("; without {}: {}", node_name(config, a.node), name_of(a.absence));
  return text;
}

std::string decision_line(const ClusterConfig& config, const Decision& d) {
  std::string text = format("decides {}", d.reason.rule);
  if (!d.resource.value.empty()) text += " " + d.resource.value;
  if (d.node.value != 0) text += " on " + node_name(config, d.node);
  text += ": " + d.reason.text;
  for (const Rejected& r : d.reason.rejected) text += format("; not {}: {}", node_name(config, r.node), r.why);
  return text;
}

}  // namespace

std::string node_name(const ClusterConfig& config, NodeId node) { return node.value == 0 ? "-" : config.name_of(node); }

std::vector<std::string> step_lines(const ClusterConfig& config, const Event& event, const Outcome& outcome) {
  std::vector<std::string> lines;
  if (const auto* view = std::get_if<ViewSynced>(&event)) lines.push_back(view_line(config, *view));
  if (const auto* timer = std::get_if<TimerFired>(&event))
    lines.push_back(format("timer {} {}", name_of(timer->timer.kind), node_name(config, timer->timer.node)));
  for (const Decision& d : outcome.decisions) lines.push_back(decision_line(config, d));
  return lines;
}

std::string request_words(const ClusterConfig& config, const Request& request) {
  std::string text(name_of(request.kind));
  if (!request.resource.value.empty()) text += " " + request.resource.value;
  if (request.node) text += (request.kind == RequestKind::move ? " to " : " on ") + node_name(config, *request.node);
  if (request.kind == RequestKind::maintenance) text += request.on ? ": begin" : ": end";
  if (request.kind == RequestKind::confirm) text += request.on ? ": yes" : ": no";
  if (request.kind == RequestKind::leave && request.mode == LeaveMode::keep_resources) text += " keep-resources";
  if (request.force == Force::yes) text += " force";
  return text;
}

std::vector<std::string> LinkLines::take(const ClusterConfig& config, const LinksChanged& change) {
  std::vector<std::string> lines;
  std::vector<LinkFact>& known = known_[change.node];
  const NodeConfig* own = config.node(change.node);
  for (const LinkFact& l : change.links) {
    const auto before = std::find_if(known.begin(), known.end(),
                                     [&](const LinkFact& k) { return k.peer == l.peer && k.link == l.link; });
    if (before == known.end() ? !l.up : before->up == l.up) continue;
    const NodeConfig* peer = config.node(l.peer);
    if (own == nullptr || peer == nullptr) continue;
    if (l.link.value >= own->links.size() || l.link.value >= peer->links.size()) continue;
    lines.push_back(format("link to {} {}/{} {}", peer->name, own->links[l.link.value], peer->links[l.link.value],
                           l.up ? "up" : "down"));
  }
  known = change.links;
  return lines;
}

}  // namespace holdfast::sim
