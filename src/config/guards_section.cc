// The guards (G1 to G5) in [cluster] and in [[node]].
#include <algorithm>

#include "base/format.h"
#include "config/enum_key.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr std::string_view quorum_rule =
    "none, majority, or a table: { kind = \"tcp\", hosts = [\"10.0.0.1:80\", ...] }, { kind = \"storage\", path = "
    "\"/dev/disk/...\" }, { kind = \"qdevice\", host = \"10.0.0.1\" }";
constexpr std::string_view fence_example =
    "[{ agent = \"fence_ipmilan\", parameters = { ip = \"10.0.0.1\", username = \"ops\", password = \"...\" } }]";
constexpr std::size_t most_hosts = 32;
constexpr std::size_t most_levels = 8;
constexpr std::size_t longest_parameter = 4096;

void read_hosts(TableReader& reader, Quorum& out) {
  const auto hosts = reader.texts("hosts", "[\"10.0.0.1:80\", \"10.0.0.2:80\", \"10.0.0.3:80\"]");
  if (!hosts) return;
  if (hosts->items.empty() && hosts->all_right)
    reader.error(hosts->place, "hosts is empty; list 1 to 32 of the form host:port, best an odd number");
  if (hosts->items.size() > most_hosts)
    reader.error(hosts->place, format("hosts has {} entries; at most {} are allowed", hosts->items.size(), most_hosts));
  for (const auto& host : hosts->items) {
    if (!is_host_and_port(host.value))
      reader.error(host.place, format("hosts: {} is not of the form host:port; allowed: 10.0.0.1:80, [fd00::1]:80, "
                                      "witness.example:80",
                                      in_quotes(host.value)));
    else if (std::ranges::find(out.hosts, host.value) != out.hosts.end())
      reader.error(host.place, format("hosts: {} stands twice; it has one vote", in_quotes(host.value)));
    else
      out.hosts.push_back(host.value);
  }
}

void read_path(TableReader& reader, Quorum& out) {
  const auto path = reader.text("path", "\"/dev/disk/by-id/scsi-witness\"");
  if (!path) return;
  if (path->value.starts_with('/') && path->value.find('\0') == std::string::npos)
    out.path = path->value;
  else
    reader.error(path->place,
                 format("path = {} is not an absolute path; it must begin with /", in_quotes(path->value)));
}

void read_host(TableReader& reader, Quorum& out) {
  const auto host = reader.text("host", "\"10.0.0.1\"");
  if (!host) return;
  if (parse_address(host->value) || is_name(host->value))
    out.host = host->value;
  else
    reader.error(host->place,
                 format("host = {} is not an IPv4 or IPv6 address nor a host name", in_quotes(host->value)));
}

void read_quorum_table(const Member& table, const TableReader& cluster, Quorum& out, Problems& problems) {
  TableReader reader(table.value, cluster.where() + ": quorum", problems);
  reader.require("kind", "\"tcp\"");
  read_word(reader, "kind", out.kind);
  // Only the keys of the kind: any other would have no effect, and is told as unknown.
  switch (out.kind) {
    case QuorumKind::tcp:
      reader.require("hosts", "[\"10.0.0.1:80\", \"10.0.0.2:80\", \"10.0.0.3:80\"]");
      read_hosts(reader, out);
      break;
    case QuorumKind::storage:
      reader.require("path", "\"/dev/disk/by-id/scsi-witness\"");
      read_path(reader, out);
      if (const auto d = reader.duration("interval", Millis{1000}, Millis{60'000})) out.interval = *d;
      break;
    case QuorumKind::qdevice:
      reader.require("host", "\"10.0.0.1\"");
      read_host(reader, out);
      if (const auto port = reader.number("port", 1, 65535)) out.port = static_cast<std::uint32_t>(*port);
      read_word(reader, "tls", out.tls);
      break;
    case QuorumKind::none:
    case QuorumKind::majority:
      break;
  }
  reader.finish();
}

void read_quorum(TableReader& reader, Quorum& out, Problems& problems) {
  const Member* m = reader.find("quorum");
  if (m == nullptr) return;
  if (m->value.kind == ValueKind::table) return read_quorum_table(*m, reader, out, problems);
  if (m->value.kind != ValueKind::text) return reader.wrong_type(*m, quorum_rule);
  const std::string& word = m->value.text;
  if (word == "tcp")
    reader.error(m->value.place,
                 "quorum = \"tcp\" needs its hosts: quorum = { kind = \"tcp\", hosts = [\"10.0.0.1:80\", ...] }");
  else if (word == "storage")
    reader.error(m->value.place,
                 "quorum = \"storage\" needs a path: quorum = { kind = \"storage\", path = \"/dev/disk/...\" }");
  else if (word == "qdevice")
    reader.error(m->value.place,
                 "quorum = \"qdevice\" needs a host: quorum = { kind = \"qdevice\", host = \"10.0.0.1\" }");
  else
    read_word(reader, "quorum", out.kind);
}

void read_watchdog(TableReader& reader, Watchdog& out, Problems& problems) {
  const Member* table = reader.table("watchdog", "{ device = \"/dev/watchdog\", timeout = \"10s\" }");
  if (table == nullptr) return;
  TableReader watchdog(table->value, reader.where() + ": watchdog", problems);
  watchdog.require("device", "\"/dev/watchdog\"");
  if (const auto device = watchdog.text("device", "\"/dev/watchdog\"")) {
    if (device->value.starts_with('/') && device->value.find('\0') == std::string::npos)
      out.device = device->value;
    else
      watchdog.error(device->place,
                     format("device = {} is not an absolute path; it must begin with /", in_quotes(device->value)));
  }
  if (const auto d = watchdog.duration("timeout", Millis{2000}, Millis{600'000})) out.timeout = *d;
  watchdog.finish();
}

/// As the agent reads it on its standard input: one line each.
void read_fence_parameters(const Member& table, const TableReader& level, FenceLevel& out, Problems& problems) {
  for (const Member& m : table.value.members) {
    const std::string where = format("{}: parameter {}", level.where(), in_quotes(m.name));
    std::string text = m.value.text;
    if (m.value.kind == ValueKind::number) text = std::to_string(m.value.number);
    if (m.value.kind == ValueKind::boolean) text = m.value.truth ? "1" : "0";
    const bool known =
        m.value.kind == ValueKind::text || m.value.kind == ValueKind::number || m.value.kind == ValueKind::boolean;
    if (!is_name(m.name))
      problems.error(m.place, where + " is not a parameter's name");
    else if (m.name == "action" || m.name == "option" || m.name == "nodename")
      problems.error(m.place, where + " is said by Holdfast itself; leave it out");
    else if (!known)
      problems.error(m.value.place, format("{} is {}; it must be text in quotes, a whole number, true or false", where,
                                           describe(m.value.kind)));
    else if (text.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos || text.size() > longest_parameter)
      problems.error(m.value.place, format("{} must be one line of at most {} bytes", where, longest_parameter));
    else
      out.parameters[m.name] = std::move(text);
  }
}

FenceLevel read_level(const Value& table, const std::string& where, Problems& problems) {
  FenceLevel out;
  TableReader reader(table, where, problems);
  reader.require("agent", "\"fence_ipmilan\"");
  if (const auto agent = reader.text("agent", "\"fence_ipmilan\"")) {
    constexpr std::string_view prefix = "fence_";
    if (is_name(agent->value) && agent->value.starts_with(prefix) && agent->value.size() > prefix.size())
      out.agent = agent->value;
    else
      reader.error(agent->place, format("agent = {} is not a fence agent; allowed: fence_<name>, for example "
                                        "\"fence_ipmilan\"",
                                        in_quotes(agent->value)));
  }
  if (const Member* parameters = reader.table("parameters", "{ ip = \"10.0.0.1\" }"))
    read_fence_parameters(*parameters, reader, out, problems);
  if (const auto d = reader.duration("timeout", Millis{1000}, Millis{600'000})) out.timeout = *d;
  reader.finish();
  return out;
}

}  // namespace

void read_fence_levels(TableReader& reader, NodeConfig& out, Problems& problems) {
  const Member* m = reader.find("fence");
  if (m == nullptr) return;
  if (m->value.kind != ValueKind::list)
    return reader.wrong_type(*m, format("a list of levels, for example {}", fence_example));
  if (m->value.items.size() > most_levels)
    reader.error(m->value.place,
                 format("fence has {} levels; at most {} are allowed", m->value.items.size(), most_levels));
  for (const Value& item : m->value.items) {
    if (item.kind == ValueKind::table)
      out.fence.push_back(
          read_level(item, format("{}: fence level {}", reader.where(), out.fence.size() + 1), problems));
    else
      reader.error(item.place,
                   format("fence holds {}; each level is a table, for example {}", describe(item.kind), fence_example));
  }
}

void read_guards(TableReader& reader, ClusterConfig& out, Problems& problems) {
  read_quorum(reader, out.quorum, problems);
  read_word(reader, "quorum_loss", out.quorum.loss);
  read_watchdog(reader, out.watchdog, problems);
  if (const auto n = reader.number("fence_limit", 1, 31)) out.fence_limit = static_cast<std::uint32_t>(*n);
  if (const auto d = reader.duration("fence_window", Millis{1000}, Millis{24 * 3'600'000})) out.fence_window = *d;
  if (const auto d = reader.duration("fence_delay", Millis{0}, Millis{60'000})) out.fence_delay = *d;
}

}  // namespace holdfast::config
