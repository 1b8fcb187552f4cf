// The tables [[resource]] (R1).
#include <algorithm>

#include "base/format.h"
#include "config/enum_key.h"
#include "config/own_agents.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr Millis shortest{100};
constexpr Millis longest{24 * 3'600'000};
constexpr std::string_view agent_rule =
    "disk, filesystem, ip, probe, process, script, systemd, lsb:<name>, ocf:<provider>:<type> (for example "
    "\"ocf:heartbeat:pgsql\")";
const std::vector<std::string> own_agents{"disk", "filesystem", "ip", "probe", "process", "script", "systemd"};

/// `ocf:<provider>:<type>`; both parts become a path below /usr/lib/ocf/resource.d (K5).
bool is_ocf_agent(std::string_view agent) {
  if (!agent.starts_with("ocf:")) return false;
  agent.remove_prefix(4);
  const std::size_t colon = agent.find(':');
  return colon != std::string_view::npos && is_name(agent.substr(0, colon)) && is_name(agent.substr(colon + 1));
}

/// `lsb:<name>`; the name becomes a path below /etc/init.d (K10).
bool is_lsb_agent(std::string_view agent) { return agent.starts_with("lsb:") && is_name(agent.substr(4)); }

bool is_agent(const std::string& agent) {
  return std::find(own_agents.begin(), own_agents.end(), agent) != own_agents.end() || is_lsb_agent(agent) ||
         is_ocf_agent(agent);
}

/// A slip in one of our own kinds, or an OCF agent as Pacemaker's tools write it: heartbeat:pgsql,
/// ocf::heartbeat:pgsql.
std::string meant(const std::string& agent) {
  const std::string ocf = agent.starts_with("ocf::") ? "ocf:" + agent.substr(5) : "ocf:" + agent;
  const bool is_prefixed = agent.starts_with("ocf:") && !agent.starts_with("ocf::");
  if (!is_prefixed && is_ocf_agent(ocf)) return format(" (did you mean {}?)", in_quotes(ocf));
  return did_you_mean(agent, own_agents);
}

void read_agent(TableReader& reader, DraftResource& out) {
  reader.require("agent", "\"process\"");
  const auto agent = reader.text("agent", "\"process\"");
  if (!agent) return;
  if (is_agent(agent->value)) {
    out.config.agent = agent->value;
    return;
  }
  reader.error(agent->place, format("agent = {} is not known{}; allowed: {}", in_quotes(agent->value),
                                    meant(agent->value), agent_rule));
}

/// The node of this name; NodeId{} if there is none.
NodeId node_named(const Draft& draft, const std::string& name) {
  for (std::size_t i = 0; i < draft.nodes.size(); ++i)
    if (!name.empty() && draft.nodes[i].name == name) return NodeId{static_cast<std::uint32_t>(i + 1)};
  return NodeId{};
}

void read_priority(TableReader& reader, const Draft& draft, DraftResource& out) {
  std::vector<std::string> names;
  for (const DraftNode& node : draft.nodes)
    if (!node.name.empty()) names.push_back(node.name);
  const bool given = reader.find("nodes") != nullptr;
  const auto listed = reader.texts("nodes", "[\"alpha\", \"beta\"]");
  if (!given)
    for (std::size_t i = 0; i < draft.nodes.size(); ++i)
      out.config.nodes.push_back(NodeId{static_cast<std::uint32_t>(i + 1)});
  out.nodes_known = !given || (listed && listed->all_right);
  if (!listed) return;
  out.nodes_place = listed->place;
  if (listed->items.empty() && listed->all_right) {
    reader.error(listed->place, "nodes is empty; list at least one node, or leave it out for all nodes");
    out.nodes_known = false;
  }
  for (const auto& item : listed->items) {
    const NodeId id = node_named(draft, item.value);
    const auto& seen = out.config.nodes;
    if (id == NodeId{}) {
      out.nodes_known = false;
      reader.error(item.place, format("nodes: {} is not a node{}; allowed: {}", in_quotes(item.value),
                                      did_you_mean(item.value, names), join(names)));
    } else if (std::find(seen.begin(), seen.end(), id) != seen.end()) {
      reader.error(item.place,
                   format("nodes: {} stands twice; each node has one place in the order", in_quotes(item.value)));
    } else {
      out.config.nodes.push_back(id);
    }
  }
}

void read_depends_on(TableReader& reader, DraftResource& out) {
  const auto listed = reader.texts("depends_on", "[\"web-ip\"]");
  if (!listed) return;
  for (const auto& item : listed->items) {
    const ResourceName name{item.value};
    const auto same = [&](const DraftDependency& d) { return d.name == name; };
    if (std::any_of(out.depends_on.begin(), out.depends_on.end(), same))
      reader.error(item.place, format("depends_on: {} stands twice; once is enough", in_quotes(item.value)));
    else
      out.depends_on.push_back({name, item.place});
  }
}

void read_timing(TableReader& reader, ResourceConfig& out, Problems& problems) {
  if (const auto d = reader.duration("monitor_interval", shortest, longest)) out.monitor_interval = *d;
  if (const auto n = reader.number("monitor_timeouts", 1, 100)) out.monitor_timeouts = static_cast<std::uint32_t>(*n);
  const Member* table = reader.table("timeouts", "{ start = \"20s\", stop = \"20s\", monitor = \"20s\" }");
  if (table == nullptr) return;
  TableReader timeouts(table->value, reader.where() + ": timeouts", problems);
  if (const auto d = timeouts.duration("start", shortest, longest)) out.timeouts.start = *d;
  if (const auto d = timeouts.duration("stop", shortest, longest)) out.timeouts.stop = *d;
  if (const auto d = timeouts.duration("monitor", shortest, longest)) out.timeouts.monitor = *d;
  if (const auto d = timeouts.duration("recover", shortest, longest)) out.timeouts.recover = *d;
  timeouts.finish();
}

/// F4 to F6, S5, O3.
void read_failure_rules(TableReader& reader, DraftResource& resource, Problems& problems) {
  ResourceConfig& out = resource.config;
  read_policy(reader, out.policy);
  read_word(reader, "switchback", out.switchback);
  read_word(reader, "on_start_failure", out.on_start_failure);
  read_word(reader, "on_stop_failure", out.on_stop_failure, 1);  // by-guards: if it is not given
  const Member* table = reader.table("recovery_limit", "{ count = 3, window = \"10m\" }");
  if (table == nullptr) return;
  resource.limits_recovery = true;
  TableReader limit(table->value, reader.where() + ": recovery_limit", problems);
  limit.require("count", "3");
  if (const auto n = limit.number("count", 0, 1000)) out.recovery_limit.count = static_cast<std::uint32_t>(*n);
  if (const auto d = limit.duration("window", Millis{1000}, longest)) out.recovery_limit.window = *d;
  limit.finish();
}

DraftResource read_resource(const Value& table, const Draft& draft, Problems& problems) {
  DraftResource out;
  TableReader reader(table, "[[resource]]", problems);
  out.shown = "a resource without a name";
  out.place = out.nodes_place = table.place;
  reader.require("name", "\"web\"");
  if (const auto name = reader.name("name", "\"web\"")) {
    out.config.name = ResourceName{name->value};
    out.place = out.nodes_place = name->place;
    out.shown = format("resource \"{}\"", name->value);
    reader.set_where(out.shown);
  }
  read_agent(reader, out);
  read_priority(reader, draft, out);
  read_depends_on(reader, out);
  const Member* parameters = reader.table("parameters", "{ address = \"10.77.9.100/24\" }");
  if (parameters != nullptr) read_parameters(*parameters, out, problems);
  if (parameters != nullptr || reader.find("parameters") == nullptr) check_own_agent(parameters, out, problems);
  read_timing(reader, out.config, problems);
  read_failure_rules(reader, out, problems);
  reader.finish();
  return out;
}

}  // namespace

void read_resources(const Value& root, Draft& draft, Problems& problems) {
  const auto tables = array_of_tables(root, "resource", problems);
  for (std::size_t i = 0; i < tables.size() && i < most_resources; ++i)
    draft.resources.push_back(read_resource(*tables[i], draft, problems));
  if (tables.size() > most_resources)
    problems.error(
        tables[most_resources]->place,
        format("{} resources; at most {} are allowed, the others were not looked at", tables.size(), most_resources));
}

}  // namespace holdfast::config
