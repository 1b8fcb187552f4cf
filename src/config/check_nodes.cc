// The nodes and their links as a whole.
#include <map>

#include "base/format.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr std::size_t most_nodes = 32;
constexpr std::size_t most_links = 8;

void check_count(const Draft& draft, Problems& problems) {
  const std::size_t count = draft.nodes.size();
  if (count > most_nodes)
    problems.error(draft.nodes[most_nodes].place, format("{} nodes; at most {} are allowed", count, most_nodes));
  if (draft.settings.engine == EngineKind::corosync && count == 1)
    problems.error(draft.nodes[0].place,
                   "only 1 node; engine = \"corosync\" needs 2 to 32 (one node alone: engine = \"local\")");
  if (draft.settings.engine == EngineKind::local && count > 1)
    problems.error(
        draft.place_of("engine"),
        format("engine = \"local\" is for one node alone, and {} are given; for 2 to 32: engine = \"corosync\"",
               count));
}

void check_names(const Draft& draft, Problems& problems) {
  std::map<std::string, const DraftNode*> seen;
  for (const DraftNode& node : draft.nodes) {
    if (node.name.empty()) continue;
    const auto [first, is_new] = seen.emplace(node.name, &node);
    if (!is_new)
      problems.error(node.place, format("{} stands twice, the first time in line {}; every node has its own name",
                                        node.shown, first->second->place.line));
  }
}

void check_ids(const Draft& draft, Problems& problems) {
  std::map<std::uint32_t, const DraftNode*> seen;
  for (const DraftNode& node : draft.nodes) {
    const auto [first, is_new] = seen.emplace(node.id, &node);
    if (!is_new)
      problems.error(node.id_place, format("{} has id {}, as {} in line {}; without id = N it is a node's place in the "
                                           "file; every node has its own",
                                           node.shown, node.id, first->second->shown, first->second->place.line));
  }
}

/// The first node whose list of links could be read: what the others are compared with.
const DraftNode* model_node(const Draft& draft) {
  for (const DraftNode& node : draft.nodes)
    if (node.links_known && !node.links.empty() && node.links.size() <= most_links) return &node;
  return nullptr;
}

void check_link_counts(const Draft& draft, Problems& problems) {
  const DraftNode* model = model_node(draft);
  for (const DraftNode& node : draft.nodes) {
    if (!node.links_known) continue;
    const bool too_few = node.links.empty() && draft.settings.engine == EngineKind::corosync;
    if (too_few || node.links.size() > most_links)
      problems.error(
          node.links_place,
          format("{} has {} links; it must have 1 to 8, each an address, for example links = [\"10.77.1.1\", "
                 "\"10.77.2.1\"]",
                 node.shown, node.links.size()));
    else if (model != nullptr && !node.links.empty() && node.links.size() != model->links.size())
      problems.error(node.links_place,
                     format("{} has {} link(s), and {} in line {} has {}; every node must have the same number",
                            node.shown, node.links.size(), model->shown, model->links_place.line, model->links.size()));
  }
}

/// Corosync takes one address family per link (engine.md 1).
void check_families(const Draft& draft, Problems& problems) {
  struct First {
    const DraftNode* node;
    const DraftLink* link;
  };
  std::map<std::size_t, First> firsts;
  for (const DraftNode& node : draft.nodes) {
    for (std::size_t i = 0; node.links_known && i < node.links.size(); ++i) {
      const DraftLink& link = node.links[i];
      if (!link.address) continue;
      const First& first = firsts.emplace(i, First{&node, &link}).first->second;
      if (link.address->family != first.link->address->family)
        problems.error(
            link.place,
            format("{}: link {} is {} ({}), and that of {} in line {} is {} ({}); a link has one family on all "
                   "nodes",
                   node.shown, i, show(link.address->family), link.text, first.node->shown, first.link->place.line,
                   show(first.link->address->family), first.link->text));
    }
  }
}

void check_addresses(const Draft& draft, Problems& problems) {
  struct First {
    const DraftNode* node;
    const DraftLink* link;
  };
  std::map<IpAddress, First> seen;
  for (const DraftNode& node : draft.nodes)
    for (const DraftLink& link : node.links) {
      if (!link.address) continue;
      const auto [first, is_new] = seen.emplace(*link.address, First{&node, &link});
      if (!is_new)
        problems.error(
            link.place,
            format("{}: address {} stands twice, the first time in line {} ({}); every link of every node has "
                   "its own",
                   node.shown, link.text, first->second.link->place.line, first->second.node->shown));
    }
}

/// Link k uses port + k.
void check_ports(const Draft& draft, Problems& problems) {
  const DraftNode* model = model_node(draft);
  const std::size_t links = model == nullptr ? 1 : model->links.size();
  if (draft.settings.port + links - 1 > 65535)
    problems.error(draft.place_of("port"),
                   format("[cluster]: port = {} is out of range with {} links; link k uses port + k, so it "
                          "must be at most {}",
                          draft.settings.port, links, 65536 - links));
}

}  // namespace

void check_nodes(const Draft& draft, Problems& problems) {
  check_count(draft, problems);
  check_names(draft, problems);
  check_ids(draft, problems);
  check_link_counts(draft, problems);
  check_families(draft, problems);
  check_addresses(draft, problems);
  check_ports(draft, problems);
}

}  // namespace holdfast::config
