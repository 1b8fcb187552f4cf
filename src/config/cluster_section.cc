// The table [cluster].
#include "base/format.h"
#include "config/enum_key.h"
#include "config/sections.h"

namespace holdfast::config {
namespace {

constexpr std::string_view detection_rule =
    "fast, normal, relaxed, or heartbeats by number, for example { interval = \"1s\", misses = 3 }";

// The view changes when the token (T) was lost and consensus (1.2 T) ended: 2.2 T. The heartbeats of links are
// independent of it and slow, because knet's heartbeat thread runs every 200 ms: a tight limit flaps the links
// (engine.md 2.9).
Detection named(const std::string& name) {
  if (name == "fast") return {name, Millis{100}, Millis{200}, Millis{800}};
  if (name == "relaxed") return {name, Millis{2200}, Millis{500}, Millis{4000}};  // 4.84 s; its links a little before
  return {"normal", Millis{250}, Millis{200}, Millis{800}};
}

/// LifeKeeper's interval and count (engine.md 2.3): a link is down, and the node known, after interval x misses.
void read_numbered(const Member& table, const TableReader& cluster, Detection& out, Problems& problems) {
  TableReader reader(table.value, cluster.where() + ": detection", problems);
  const auto interval = reader.duration("interval", Millis{200}, Millis{60'000});
  const auto misses = reader.number("misses", 2, 20);
  reader.require("interval", "\"1s\"");
  reader.require("misses", "3");
  reader.finish();
  if (!interval || !misses) return;
  const Millis silence = *interval * *misses;
  if (silence < Millis{1000}) {
    reader.error(
        table.value.place,
        format("interval x misses is {}; it must be at least 1s (for less: \"normal\" or \"fast\")", show(silence)));
    return;
  }
  out = {"custom", Millis{silence.count() * 10 / 22}, *interval, silence};
}

void read_detection(TableReader& reader, Detection& out, Problems& problems) {
  const Member* m = reader.find("detection");
  if (m == nullptr) return;
  if (m->value.kind == ValueKind::table) {
    read_numbered(*m, reader, out, problems);
  } else if (m->value.kind != ValueKind::text) {
    reader.wrong_type(*m, detection_rule);
  } else if (const std::string& name = m->value.text; name == "fast" || name == "normal" || name == "relaxed") {
    out = named(name);
  } else {
    reader.error(m->value.place, format("detection = {} is not known{}; allowed: {}", in_quotes(name),
                                        did_you_mean(name, {"fast", "normal", "relaxed"}), detection_rule));
  }
}

void read_engine_room(TableReader& reader, ClusterConfig& out) {
  if (const auto i = reader.choice("engine", {"corosync", "local"}))
    out.engine = *i == 0 ? EngineKind::corosync : EngineKind::local;
  if (const auto port = reader.number("port", 1, 65535)) out.port = static_cast<std::uint32_t>(*port);
  if (const auto file = reader.text("key_file", "\"/etc/holdfast/authkey\"")) {
    if (file->value.starts_with('/') && file->value.find('\0') == std::string::npos)
      out.key_file = file->value;
    else
      reader.error(file->place,
                   format("key_file = {} is not an absolute path; it must begin with /", in_quotes(file->value)));
  }
}

/// N6, F7, O3.
void read_moves(TableReader& reader, ClusterConfig& out) {
  constexpr Millis day{24 * 3'600'000};
  if (const auto d = reader.duration("confirm_timeout", Millis{1000}, day)) out.confirm_timeout = *d;
  read_word(reader, "confirm_default", out.confirm_default);
  if (const auto n = reader.number("failover_limit", 1, 1000)) out.failover_limit = static_cast<std::uint32_t>(*n);
  if (const auto d = reader.duration("failover_window", Millis{1000}, day)) out.failover_window = *d;
  if (const auto d = reader.duration("switchback_delay", Millis{0}, day)) out.switchback_delay = *d;
}

}  // namespace

Millis known_within(const Detection& detection) { return Millis{detection.token.count() * 22 / 10}; }

void read_cluster(const Value& root, Draft& draft, Problems& problems) {
  const Member* found = nullptr;
  for (const Member& m : root.members)
    if (m.name == "cluster") found = &m;
  if (found == nullptr) {
    problems.error({}, "table [cluster] is missing; it must be given, with at least a name: name = \"demo\"");
    return;
  }
  if (found->value.kind != ValueKind::table) {
    problems.error(found->place,
                   format("cluster is {}; it must be the one table [cluster]", describe(found->value.kind)));
    return;
  }
  draft.cluster_place = found->value.place;
  for (const Member& m : found->value.members) draft.given.emplace(m.name, m.value.place);
  TableReader reader(found->value, "[cluster]", problems);
  ClusterConfig& out = draft.settings;
  reader.require("name", "\"demo\"");
  if (const auto name = reader.name("name", "\"demo\"")) out.name = name->value;
  if (const auto i = reader.choice("profile", {"linux", "windows"}))
    out.profile = *i == 0 ? Profile::linux_like : Profile::windows_like;
  read_detection(reader, out.detection, problems);
  if (const auto d = reader.duration("startup_wait", Millis{0}, Millis{3'600'000})) out.startup_wait = *d;
  if (const auto d = reader.duration("daemon_grace", Millis{0}, Millis{600'000})) out.daemon_grace = *d;
  read_engine_room(reader, out);
  read_guards(reader, out, problems);
  read_moves(reader, out);
  reader.finish();
}

}  // namespace holdfast::config
