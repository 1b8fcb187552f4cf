#include "adapters/corosync/quorum_section.h"

#include "base/format.h"
#include "model/names.h"

namespace holdfast::corosync {

namespace {
// How long a qnetd that hangs or is lost holds up: the votes (corosync-qdevice(8): heartbeat of 0.8 times this), and a
// change of the ring.
constexpr int poll_timeout = 3000;
constexpr int sync_timeout = 4000;
}  // namespace

std::string quorum_section(const ClusterConfig& config) {
  const Quorum& quorum = config.quorum;
  // No provider: two nodes without quorum; the core decides (engine.md 2.8).
  if (quorum.kind != QuorumKind::qdevice) return "quorum {\n}\n";
  // ffsplit gives one vote to one half and is for even numbers of nodes; with lms the last node that reaches qnetd goes
  // on.
  const bool halves = config.nodes.size() % 2 == 0;
  return format(
      "quorum {{\n  provider: corosync_votequorum\n  device {{\n    model: net\n    votes: {}\n    timeout: {}\n"
      "    sync_timeout: {}\n    net {{\n      host: {}\n      port: {}\n      algorithm: {}\n      tls: {}\n    }}\n"
      "  }}\n}}\n",
      halves ? 1 : config.nodes.size() - 1, poll_timeout, sync_timeout, quorum.host, quorum.port,
      halves ? "ffsplit" : "lms", name_of(quorum.tls));
}

}  // namespace holdfast::corosync
