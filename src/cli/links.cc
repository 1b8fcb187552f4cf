#include "cli/links.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "cli/symbols.h"

namespace holdfast::cli {
namespace {

using api::LinkStatus;

constexpr std::size_t few = 8;

std::string state_of(bool up, const Console& console) {
  const Look shown = look_of_link(up);
  return console.paint(format("{} {}", console.unicode ? shown.symbol : shown.ascii, shown.words), shown.colour);
}

std::string path_of(const LinkStatus& link, const Console& console) {
  return format("{} {} {}", link.local, console.unicode ? "–" : "-", link.remote);
}

/// "  beta  0  10.77.1.1 – 10.77.1.2  ● up"
std::string lines(const std::vector<LinkStatus>& links, const Console& console) {
  std::size_t names = 0;
  std::size_t paths = 0;
  for (const LinkStatus& link : links) {
    names = std::max(names, width_of(link.peer));
    paths = std::max(paths, width_of(path_of(link, console)));
  }
  std::string text;
  std::string before;
  for (const LinkStatus& link : links) {
    text += format("  {}  {}  {}  {}\n", padded(link.peer == before ? "" : link.peer, names), link.index,
                   padded(path_of(link, console), paths), state_of(link.up, console));
    before = link.peer;
  }
  return text;
}

/// "  beta  ● up   2 of 2", and below it each link that is down.
std::string per_peer(const std::vector<LinkStatus>& links, const Console& console) {
  std::map<std::string, std::vector<LinkStatus>> by_peer;
  std::size_t names = 0;
  for (const LinkStatus& link : links) {
    by_peer[link.peer].push_back(link);
    names = std::max(names, width_of(link.peer));
  }
  std::string text;
  for (const auto& [peer, its] : by_peer) {
    const auto up = std::count_if(its.begin(), its.end(), [](const LinkStatus& l) { return l.up; });
    text += format("  {}  {} of {} {}\n", padded(peer, names), up, its.size(), state_of(up > 0, console));
    for (const LinkStatus& link : its)
      if (!link.up)
        text += format("  {}  {}  {}  {}\n", std::string(names, ' '), link.index, path_of(link, console),
                       state_of(false, console));
  }
  return text;
}

/// Worth telling: a path that another node sees down between nodes that live, and that this node does not show already.
/// An asymmetric loss looks like this (L9).
bool tells_more(const api::Status& status, const LinkStatus& theirs) {
  const api::NodeStatus* peer = status.find_node(theirs.peer);
  if (theirs.up || peer == nullptr || peer->state != api::NodeShown::online) return false;
  return std::none_of(status.links.begin(), status.links.end(), [&](const LinkStatus& own) {
    return !own.up && own.index == theirs.index && own.node == theirs.peer && own.peer == theirs.node;
  });
}

}  // namespace

std::string render_links(const api::Status& status, const Console& console) {
  std::string text;
  if (!status.links.empty()) {
    text = console.paint(format("Links of {}", status.node), Colour::bold) + '\n';
    text += status.links.size() <= few ? lines(status.links, console) : per_peer(status.links, console);
  }
  for (const api::NodeStatus& node : status.nodes) {
    if (node.self) continue;
    for (const LinkStatus& link : node.links)
      if (tells_more(status, link))
        text += format("  {} says: to {} {}  {}  {}\n", node.name, link.peer, link.index, path_of(link, console),
                       state_of(false, console));
  }
  return text;
}

}  // namespace holdfast::cli
