// The tables [[node]].
#include "base/format.h"
#include "config/enum_key.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr std::int64_t most_ids = 32;
constexpr std::string_view name_example = "\"alpha\"";
constexpr std::string_view links_example = "[\"10.77.1.1\", \"10.77.2.1\"]";

DraftLink read_link(const Placed<std::string>& item, TableReader& reader) {
  DraftLink out{item.value, item.place, parse_address(item.value)};
  if (!out.address) {
    const bool has_prefix = parse_prefixed_address(item.value).has_value();
    reader.error(item.place, format("links: {} is not an address; it must be an IPv4 or IPv6 address{}",
                                    in_quotes(item.value), has_prefix ? " without a prefix length" : ", no host name"));
  } else if (const auto why = unusable_because(*out.address); !why.empty()) {
    reader.error(item.place, format("links: {} is {}; it must be an address of this node that the other nodes reach",
                                    item.value, why));
    out.address.reset();
  }
  return out;
}

DraftNode read_node(const Value& table, std::size_t position, Problems& problems) {
  DraftNode out;
  out.id = static_cast<std::uint32_t>(position);
  TableReader reader(table, "[[node]]", problems);
  out.shown = "a node without a name";
  out.place = out.links_place = table.place;
  reader.require("name", name_example);
  if (const auto name = reader.name("name", name_example)) {
    out.name = name->value;
    out.place = name->place;
    out.shown = format("node \"{}\"", out.name);
    reader.set_where(out.shown);
  }
  out.id_place = out.place;
  if (const auto id = reader.number("id", 1, most_ids)) {
    out.id = static_cast<std::uint32_t>(*id);
    out.id_place = reader.find("id")->value.place;
  }
  const Member* links_member = reader.find("links");
  out.links_known = links_member == nullptr;
  if (const auto links = reader.texts("links", links_example)) {
    out.links_known = links->all_right;
    out.links_place = links->place;
    for (const auto& item : links->items) out.links.push_back(read_link(item, reader));
  }
  read_fence_levels(reader, out.config, problems);
  read_word(reader, "shutdown_strategy", out.config.shutdown_strategy);
  if (const auto on = reader.truth("confirm_failover")) out.config.confirm_failover = *on;
  if (const auto on = reader.truth("block_resource_failover")) out.config.block_resource_failover = *on;
  read_policy(reader, out.config.policy);
  reader.finish();
  return out;
}

}  // namespace

void read_policy(TableReader& reader, Policy& out) {
  if (const auto on = reader.truth("local_recovery")) out.local_recovery = *on;
  if (const auto on = reader.truth("failover")) out.failover = *on;
  if (const auto on = reader.truth("notify_only")) out.notify_only = *on;
}

std::vector<const Value*> array_of_tables(const Value& root, std::string_view key, Problems& problems) {
  std::vector<const Value*> out;
  for (const Member& m : root.members) {
    if (m.name != key) continue;
    if (m.value.kind != ValueKind::list) {
      problems.error(
          m.place, format("{} is {}; each {} must stand under its own [[{}]]", key, describe(m.value.kind), key, key));
      continue;
    }
    for (const Value& item : m.value.items) {
      if (item.kind == ValueKind::table)
        out.push_back(&item);
      else
        problems.error(item.place, format("{} holds {}; each {} must stand under its own [[{}]]", key,
                                          describe(item.kind), key, key));
    }
  }
  return out;
}

void read_nodes(const Value& root, Draft& draft, Problems& problems) {
  bool given = false;
  for (const Member& m : root.members) given = given || m.name == "node";
  if (!given) problems.error({}, "no [[node]] is given; 2 to 32 are needed, each with a name and its links");
  for (const Value* table : array_of_tables(root, "node", problems))
    draft.nodes.push_back(read_node(*table, draft.nodes.size() + 1, problems));
}

}  // namespace holdfast::config
