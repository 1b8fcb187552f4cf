#include "adapters/corosync/link_thread.h"

#include <corosync/cfg.h>

#include <chrono>
#include <optional>
#include <utility>

#include "base/format.h"

namespace holdfast::corosync {
namespace {

constexpr Millis kInterval{200};  // knet's own heartbeat thread works in steps of 200 ms
constexpr int kPollsPerLogRead = 5;
constexpr Millis kSettle{3000};  // paths were down for 1.2 s at most

/// A connection to corosync's configuration service. Kept until it breaks.
class CfgSession {
 public:
  CfgSession() = default;
  CfgSession(const CfgSession&) = delete;
  CfgSession& operator=(const CfgSession&) = delete;
  ~CfgSession() { close(); }

  bool ready() {
    if (open_) return true;
    static const corosync_cfg_callbacks_t kNoCallbacks{};
    open_ = corosync_cfg_initialize(&handle_, &kNoCallbacks) == CS_OK;
    return open_;
  }

  /// The links of one peer, or none if corosync does not tell.
  std::optional<std::vector<LinkSample>> links(NodeId peer, std::size_t count) {
    corosync_cfg_node_status_v1 status{};
    const cs_error_t result = corosync_cfg_node_status_get(handle_, peer.value, CFG_NODE_STATUS_V1, &status);
    if (result == CS_ERR_LIBRARY || result == CS_ERR_BAD_HANDLE) close();
    const bool no_answer = !open_ || result == CS_ERR_TRY_AGAIN || result == CS_ERR_TIMEOUT || result == CS_ERR_BUSY;
    if (no_answer) return std::nullopt;
    // Any other error: a node that is configured and that corosync has not been told yet.
    std::vector<LinkSample> samples;
    for (std::uint32_t link = 0; link < count && link < CFG_MAX_LINKS; ++link)
      samples.push_back({peer, LinkIndex{link}, result == CS_OK && status.link_status[link].connected != 0});
    return samples;
  }

 private:
  void close() {
    if (open_) corosync_cfg_finalize(handle_);
    open_ = false;
  }

  corosync_cfg_handle_t handle_ = 0;
  bool open_ = false;
};

/// All paths to all peers, or none if one could not be asked for.
std::optional<std::vector<LinkSample>> poll_links(CfgSession& session, const ClusterConfig& config, NodeId self) {
  std::vector<LinkSample> all;
  for (const NodeConfig& node : config.nodes) {
    if (node.id == self) continue;
    const auto links = session.links(node.id, node.links.size());
    if (!links) return std::nullopt;
    all.insert(all.end(), links->begin(), links->end());
  }
  return all;
}

Instant steady_now() {
  return Instant{std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

}  // namespace

LinkThread::LinkThread(std::shared_ptr<const ClusterConfig> config, NodeId self, std::string log_file,
                       std::shared_ptr<Mailbox> mailbox)
    : config_(std::move(config)), self_(self), mailbox_(std::move(mailbox)), log_(std::move(log_file)) {}

void LinkThread::reconfigure(std::shared_ptr<const ClusterConfig> config) {
  const std::lock_guard lock(guard_);
  next_ = std::move(config);
}

void LinkThread::take_change() {
  const std::lock_guard lock(guard_);
  if (!next_) return;
  config_ = std::exchange(next_, nullptr);
  settled_at_ = steady_now() + kSettle;
}

void LinkThread::hold_up(std::vector<LinkSample>& links) {
  if (steady_now() < settled_at_)
    for (LinkSample& link : links)
      for (const LinkSample& before : last_)
        if (before.peer == link.peer && before.link == link.link && before.connected) link.connected = true;
  last_ = links;
}

void LinkThread::stop() {
  const std::lock_guard lock(guard_);
  stop_ = true;
  stopped_.notify_all();
}

bool LinkThread::pause() {
  std::unique_lock lock(guard_);
  return !stopped_.wait_for(lock, kInterval, [this] { return stop_; });
}

void LinkThread::run() {
  CfgSession session;
  int polls = 0;
  do {
    take_change();
    std::optional<std::vector<LinkSample>> links;
    {
      const BusyMark::Scope in_call(busy_);
      if (session.ready()) links = poll_links(session, *config_, self_);
    }
    if (links) hold_up(*links);
    // Told every time, changed or not: a node that was stalled waits for a fresh judgement (L5).
    if (links) mailbox_->post([links = *std::move(links)](EngineListener& listener) { listener.on_links(links); });
    if (++polls % kPollsPerLogRead == 0) read_log();
  } while (pause());
}

void LinkThread::read_log() {
  for (const std::string& line : log_.new_lines())
    if (const auto address = foreign_packet_source(line)) tell_foreign(*address);
}

void LinkThread::tell_foreign(const std::string& address) {
  if (!foreign_limit_.allows(address, steady_now())) return;
  std::string who = "which is no node of this cluster";
  for (const NodeConfig& node : config_->nodes)
    for (const std::string& link : node.links)
      if (link == address) who = "node " + node.name;
  mailbox_->post_notice(NoticeKind::foreign_packets, Severity::error,
                        format("packets from {} ({}) are encrypted with another key and are dropped: its key file "
                               "differs from {} here, or it belongs to another cluster",
                               address, who, config_->key_file));
}

}  // namespace holdfast::corosync
