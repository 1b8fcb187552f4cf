#include "adapters/corosync/configuration.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <string_view>

#include "adapters/corosync/quorum_section.h"
#include "base/format.h"

namespace holdfast::corosync {
namespace {

constexpr std::size_t kMostLinks = 8;
constexpr std::uint32_t kHighestPort = 65535;

enum class Family { none, ipv4, ipv6 };

Family family_of(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return Family::ipv4;
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return Family::ipv6;
  return Family::none;
}

/// The file's format has no quoting: a value is the rest of its line, and braces nest sections.
bool writable(const std::string& value) {
  return !value.empty() && std::none_of(value.begin(), value.end(),
                                        [](unsigned char c) { return c < 0x20 || c == '{' || c == '}' || c == 0x7f; });
}

Result<void> check_names(const ClusterConfig& config, const ConfigurationPaths& paths) {
  for (const std::string* value : {&config.name, &paths.key_file, &paths.state_dir})
    if (!writable(*value)) return failure(format("\"{}\" cannot stand in corosync's configuration", *value));
  for (const NodeConfig& node : config.nodes)
    if (!writable(node.name))
      return failure(format("node name \"{}\" cannot stand in corosync's configuration", node.name));
  return {};
}

Result<void> check_link(const ClusterConfig& config, std::size_t link) {
  const NodeConfig& first = config.nodes.front();
  const Family wanted = family_of(first.links[link]);
  for (const NodeConfig& node : config.nodes) {
    const std::string& address = node.links[link];
    const Family family = family_of(address);
    if (family == Family::none)
      return failure(format("node {}, link {}: \"{}\" is not an IPv4 or IPv6 address", node.name, link, address));
    if (family != wanted)
      return failure(
          format("link {}: {} of node {} and {} of node {} are of different address families; a link is "
                 "either IPv4 or IPv6 on all nodes",
                 link, first.links[link], first.name, address, node.name));
  }
  if (config.port + link > kHighestPort)
    return failure(format("port {}: link {} would use port {}; allowed are ports up to 65535", config.port, link,
                          config.port + link));
  return {};
}

Result<void> check(const ClusterConfig& config, NodeId self, const ConfigurationPaths& paths) {
  if (config.node(self) == nullptr) return failure(format("node {} is not in the configuration", self.value));
  if (const auto names = check_names(config, paths); !names) return names;
  const std::size_t links = config.nodes.front().links.size();
  if (links < 1 || links > kMostLinks)
    return failure(format("node {} has {} links; allowed are 1 to 8", config.nodes.front().name, links));
  for (const NodeConfig& node : config.nodes)
    if (node.links.size() != links)
      return failure(format("node {} has {} links, node {} has {}; every node needs the same number",
                            config.nodes.front().name, links, node.name, node.links.size()));
  for (std::size_t link = 0; link < links; ++link)
    if (const auto good = check_link(config, link); !good) return good;
  if (config.detection.token < kSmallestToken)
    return failure(format("detection: a token of {} ms is too small; allowed are {} ms or more",
                          config.detection.token.count(), kSmallestToken.count()));
  return {};
}

std::string totem_section(const ClusterConfig& config, const ConfigurationPaths& paths) {
  const auto token = config.detection.token.count();
  // Active: in passive mode a link that dies takes the node with it until its ping timeout (engine.md 2.2).
  // Token coefficient 0: detection time does not grow with the number of nodes (L8).
  std::string text = format(
      "totem {{\n  version: 2\n  cluster_name: {}\n  config_version: 1\n  transport: knet\n  link_mode: active\n"
      "  crypto_model: openssl\n  crypto_cipher: aes256\n  crypto_hash: sha256\n  keyfile: {}\n"
      "  block_unlisted_ips: yes\n"
      "  token: {}\n  consensus: {}\n  token_coefficient: 0\n  token_retransmits_before_loss_const: {}\n"
      "  join: 50\n  merge: 200\n",
      config.name, paths.key_file, token, (token * 12 + 9) / 10, token_retransmits(config.detection.token));
  // Pinned: derived from a small token they flap, and every change of the token takes all links down (engine.md 2.9).
  for (std::size_t link = 0; link < config.nodes.front().links.size(); ++link)
    text += format(
        "  interface {{\n    linknumber: {}\n    mcastport: {}\n    knet_ping_interval: {}\n    knet_ping_timeout: {}\n"
        "    knet_pong_count: 2\n  }}\n",
        link, config.port + link, config.detection.link_interval.count(), config.detection.link_timeout.count());
  return text + "}\n";
}

std::string node_list(const ClusterConfig& config) {
  std::string text = "nodelist {\n";
  for (const NodeConfig& node : config.nodes) {
    text += format("  node {{\n    nodeid: {}\n    name: {}\n", node.id.value, node.name);
    for (std::size_t link = 0; link < node.links.size(); ++link)
      text += format("    ring{}_addr: {}\n", link, node.links[link]);
    text += "  }\n";
  }
  return text + "}\n";
}

}  // namespace

int token_retransmits(Millis token) {
  // token / (retransmits + 0.2) must be at least 30 ms: the limits are 126, 66 and 36 ms.
  if (token >= Millis{126}) return 4;
  return token >= Millis{66} ? 2 : 1;
}

Result<std::string> make_corosync_conf(const ClusterConfig& config, NodeId self, const ConfigurationPaths& paths) {
  if (const auto good = check(config, self, paths); !good) return tl::unexpected(good.error());
  return format("# Generated by holdfastd for node {}; changes are overwritten.\n", config.name_of(self)) +
         totem_section(config, paths) +
         format("system {{\n  state_dir: {}\n  sched_rr: yes\n  allow_knet_handle_fallback: yes\n}}\n",
                paths.state_dir) +
         quorum_section(config) +
         "logging {\n  to_stderr: yes\n  to_syslog: no\n  to_logfile: no\n  timestamp: hires\n  debug: off\n}\n" +
         node_list(config);
}

namespace {

std::string without_timers(const std::string& configuration) {
  static constexpr std::string_view timers[] = {
      "token:", "consensus:", "token_retransmits_before_loss_const:", "knet_ping_interval:", "knet_ping_timeout:"};
  std::istringstream lines(configuration);
  std::string rest;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view setting = std::string_view(line).substr(std::min(line.find_first_not_of(' '), line.size()));
    const bool timer =
        std::any_of(std::begin(timers), std::end(timers), [&](auto t) { return setting.starts_with(t); });
    if (!timer) rest += line + '\n';
  }
  return rest;
}

}  // namespace

bool differ_in_timers_only(const std::string& one, const std::string& other) {
  return one != other && without_timers(one) == without_timers(other);
}

}  // namespace holdfast::corosync
