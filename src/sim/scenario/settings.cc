#include "sim/scenario/settings.h"

#include <array>
#include <functional>

#include "base/format.h"
#include "model/names.h"
#include "sim/scenario/line_reader.h"

namespace holdfast::sim {

namespace {

/// Takes the value or says what is allowed.
template <class Owner>
struct Setting {
  std::string_view key;
  std::string (*take)(Owner&, const std::string&);
};

std::string take(bool& out, const std::string& value) {
  const bool yes = value == "yes" || value == "on" || value == "true";
  const bool no = value == "no" || value == "off" || value == "false";
  if (yes || no) out = yes;
  return yes || no ? "" : "yes, no";
}

std::string take(Millis& out, const std::string& value) {
  const auto time = parse_time(value);
  if (time) out = std::chrono::duration_cast<Millis>(*time);
  return time ? "" : "a time, for example 300ms, 5s, 2m";
}

std::string take(std::uint32_t& out, const std::string& value) {
  const auto number = parse_number(value);
  if (number && *number >= 0 && *number <= 100) out = static_cast<std::uint32_t>(*number);
  return number && *number >= 0 && *number <= 100 ? "" : "0 to 100";
}

template <NamedEnum Enum>
std::string take(Enum& out, const std::string& value) {
  if (const auto named = value_named<Enum>(value)) {
    out = *named;
    return {};
  }
  std::string allowed;
  for (const std::string_view name : EnumNames<Enum>::names)
    allowed += format("{}{}", allowed.empty() ? "" : ", ", name);
  return allowed;
}

/// `3/10m`: so many within so long.
std::string take(RecoveryLimit& out, const std::string& value) {
  const std::size_t slash = std::min(value.find('/'), value.size());
  std::string wrong = take(out.count, value.substr(0, slash));
  if (wrong.empty() && slash < value.size()) wrong = take(out.window, value.substr(slash + 1));
  return wrong.empty() ? "" : "a count and a time, for example 3/10m";
}

std::string take_fence(NodeConfig& node, const std::string& value) {
  std::uint32_t levels = 0;
  const std::string wrong = take(levels, value);
  node.fence.assign(levels, FenceLevel{"fence_sim", {}, Millis{10000}});
  return wrong;
}

std::string take_watchdog(ClusterConfig& cluster, const std::string& value) {
  bool on = false;
  const std::string wrong = take(on, value);
  cluster.watchdog.device = on ? "/dev/watchdog" : "";
  return wrong;
}

using C = ClusterConfig;
using N = NodeConfig;
using R = ResourceConfig;

constexpr std::array<Setting<C>, 12> cluster_table = {{
    {"quorum", [](C& c, const std::string& v) { return take(c.quorum.kind, v); }},
    {"quorum_loss", [](C& c, const std::string& v) { return take(c.quorum.loss, v); }},
    {"fence_limit", [](C& c, const std::string& v) { return take(c.fence_limit, v); }},
    {"fence_window", [](C& c, const std::string& v) { return take(c.fence_window, v); }},
    {"fence_delay", [](C& c, const std::string& v) { return take(c.fence_delay, v); }},
    {"watchdog", take_watchdog},
    {"watchdog_timeout", [](C& c, const std::string& v) { return take(c.watchdog.timeout, v); }},
    {"failover_limit", [](C& c, const std::string& v) { return take(c.failover_limit, v); }},
    {"failover_window", [](C& c, const std::string& v) { return take(c.failover_window, v); }},
    {"confirm_timeout", [](C& c, const std::string& v) { return take(c.confirm_timeout, v); }},
    {"confirm_default", [](C& c, const std::string& v) { return take(c.confirm_default, v); }},
    {"switchback_delay", [](C& c, const std::string& v) { return take(c.switchback_delay, v); }},
}};

constexpr std::array<Setting<N>, 7> node_table = {{
    {"confirm_failover", [](N& n, const std::string& v) { return take(n.confirm_failover, v); }},
    {"block_resource_failover", [](N& n, const std::string& v) { return take(n.block_resource_failover, v); }},
    {"shutdown_strategy", [](N& n, const std::string& v) { return take(n.shutdown_strategy, v); }},
    {"failover", [](N& n, const std::string& v) { return take(n.policy.failover, v); }},
    {"local_recovery", [](N& n, const std::string& v) { return take(n.policy.local_recovery, v); }},
    {"notify_only", [](N& n, const std::string& v) { return take(n.policy.notify_only, v); }},
    {"fence_levels", take_fence},
}};

constexpr std::array<Setting<R>, 9> resource_table = {{
    {"switchback", [](R& r, const std::string& v) { return take(r.switchback, v); }},
    {"failover", [](R& r, const std::string& v) { return take(r.policy.failover, v); }},
    {"local_recovery", [](R& r, const std::string& v) { return take(r.policy.local_recovery, v); }},
    {"notify_only", [](R& r, const std::string& v) { return take(r.policy.notify_only, v); }},
    {"recovery_limit", [](R& r, const std::string& v) { return take(r.recovery_limit, v); }},
    {"on_start_failure", [](R& r, const std::string& v) { return take(r.on_start_failure, v); }},
    {"on_stop_failure", [](R& r, const std::string& v) { return take(r.on_stop_failure, v); }},
    {"recover_timeout", [](R& r, const std::string& v) { return take(r.timeouts.recover, v); }},
    {"monitor", [](R& r, const std::string& v) { return take(r.monitor_interval, v); }},
}};

template <class Owner, std::size_t count>
SettingResult take_from(const std::array<Setting<Owner>, count>& table, Owner& owner, const std::string& key,
                        const std::string& value) {
  for (const Setting<Owner>& setting : table) {
    if (setting.key != key) continue;
    const std::string allowed = setting.take(owner, value);
    return {allowed.empty() ? SettingNews::taken : SettingNews::wrong, allowed};
  }
  return {};
}

template <class Owner, std::size_t count>
std::string keys_of(const std::array<Setting<Owner>, count>& table) {
  std::string keys;
  for (const Setting<Owner>& setting : table) keys += format("{}{}", keys.empty() ? "" : ", ", setting.key);
  return keys;
}

}  // namespace

SettingResult take_setting(ClusterConfig& cluster, const std::string& key, const std::string& value) {
  return take_from(cluster_table, cluster, key, value);
}
SettingResult take_setting(NodeConfig& node, const std::string& key, const std::string& value) {
  return take_from(node_table, node, key, value);
}
SettingResult take_setting(ResourceConfig& resource, const std::string& key, const std::string& value) {
  return take_from(resource_table, resource, key, value);
}

std::string cluster_settings() { return keys_of(cluster_table); }
std::string node_settings() { return keys_of(node_table); }
std::string resource_settings() { return keys_of(resource_table); }

}  // namespace holdfast::sim
