// What corosync is told: its configuration file, generated. Every setting in it was earned by a measurement; they are
// listed in docs/decisions/0005-engine-settings.md.
#pragma once

#include <string>

#include "base/result.h"
#include "model/config.h"

namespace holdfast::corosync {

/// Files that the generated configuration names.
struct ConfigurationPaths {
  std::string key_file;   ///< 128 to 4096 random bytes, the same on all nodes (L7)
  std::string state_dir;  ///< an existing folder; corosync keeps its last ring number there
};

/// The text of corosync.conf for node `self`. Pure. Errors: no such node; a link without an address on some node, of
/// mixed address families, or not an address at all; a port beyond 65535; a token too small for corosync's timers.
[[nodiscard]] Result<std::string> make_corosync_conf(const ClusterConfig& config, NodeId self,
                                                     const ConfigurationPaths& paths);

/// True if two generated configurations differ in nothing but heartbeat timers, which a running corosync takes over
/// without any disturbance (L6; engine.md 1, "Runtime reconfiguration").
[[nodiscard]] bool differ_in_timers_only(const std::string& one, const std::string& other);

/// How often a lost token is sent again before the ring is given up. Corosync derives its timers from it and refuses
/// those below 30 ms, so that small tokens need a smaller number. `token` must be at least kSmallestToken.
[[nodiscard]] int token_retransmits(Millis token);
inline constexpr Millis kSmallestToken{36};

}  // namespace holdfast::corosync
