#include "adapters/sidechannel/channel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "adapters/sidechannel/worker.h"
#include "base/format.h"

namespace holdfast {

namespace {

/// From the worker's thread to the loop; held by every queued call.
struct Mailbox : std::enable_shared_from_this<Mailbox> {
  explicit Mailbox(boost::asio::io_context& l) : loop(l) {}
  boost::asio::io_context& loop;            ///< outlives the worker
  SideChannelListener* listener = nullptr;  ///< the loop's thread only
  std::function<void(Severity, const std::string&)> tell;

  template <class Call>
  void post(Call call) {
    boost::asio::post(loop, [self = shared_from_this(), call = std::move(call)] {
      if (self->listener != nullptr) call(*self);
    });
  }
};

void become_first() {
  sched_param parameters{};
  parameters.sched_priority = sched_get_priority_max(SCHED_RR);  // as the engine's, which it must not wait for
  // Without the right to it the daemon has told so already.
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &parameters));
}

}  // namespace

class UdpSideChannel::Parts {
 public:
  Parts(std::shared_ptr<Mailbox> mailbox, UdpSideChannelSettings settings, sidechannel::Sealer sealer,
        std::vector<sidechannel::LinkSocket> sockets)
      : mailbox_(std::move(mailbox)),
        worker_(settings.config, settings.self, std::move(sealer), std::move(sockets), settings.nft,
                settings.engine_pid_file, news()) {
    mailbox_->tell = std::move(settings.tell);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    mailbox_->listener = nullptr;
    worker_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void start(SideChannelListener& listener) {
    mailbox_->listener = &listener;
    thread_ = std::thread([this] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      pthread_setname_np(pthread_self(), "holdfast-side");
      become_first();
      worker_.run();
    });
  }
  sidechannel::Worker& worker() { return worker_; }

 private:
  sidechannel::WorkerNews news() {
    sidechannel::WorkerNews news;
    news.answering = [box = mailbox_](std::vector<ReachPath> paths) {
      box->post([paths = std::move(paths)](Mailbox& at) { at.listener->on_answering(paths); });
    };
    news.note = [box = mailbox_](sidechannel::NoteBoard::News note) {
      box->post([note = std::move(note)](Mailbox& at) {
        if (note.lost)
          at.listener->on_note_lost(note.node);
        else
          at.listener->on_note(note.node, note.note);
      });
    };
    news.line = [box = mailbox_](Severity severity, std::string text) {
      box->post([severity, text = std::move(text)](Mailbox& at) { at.tell(severity, text); });
    };
    return news;
  }

  std::shared_ptr<Mailbox> mailbox_;
  sidechannel::Worker worker_;
  std::thread thread_;
};

UdpSideChannel::UdpSideChannel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
UdpSideChannel::~UdpSideChannel() = default;

Result<std::unique_ptr<UdpSideChannel>> UdpSideChannel::make(boost::asio::io_context& loop,
                                                             UdpSideChannelSettings settings) {
  const ClusterConfig& config = *settings.config;
  if (side_channel_port(config.port) > 65535)
    return failure(format("port {}: the side channel would use port {}; allowed are ports up to 65535", config.port,
                          side_channel_port(config.port)));
  Result<sidechannel::Sealer> sealer = sidechannel::Sealer::make(settings.cluster_key, settings.self);
  if (!sealer) return tl::unexpected(sealer.error());
  std::vector<sidechannel::LinkSocket> sockets;
  for (std::uint32_t k = 0; k < config.nodes.front().links.size(); ++k) {
    auto socket = sidechannel::LinkSocket::open(config, settings.self, LinkIndex{k}, side_channel_port(config.port));
    if (!socket) return tl::unexpected(socket.error());
    sockets.push_back(std::move(*socket));
  }
  return std::unique_ptr<UdpSideChannel>(new UdpSideChannel(std::make_unique<Parts>(
      std::make_shared<Mailbox>(loop), std::move(settings), std::move(*sealer), std::move(sockets))));
}

void UdpSideChannel::start(SideChannelListener& listener) { parts_->start(listener); }
void UdpSideChannel::tell(std::string note) { parts_->worker().tell(std::move(note)); }
std::vector<NodeId> UdpSideChannel::heard_within(Micros time) const { return parts_->worker().heard_within(time); }
void UdpSideChannel::shut_out(const std::vector<NodeId>& nodes) { parts_->worker().shut_out(nodes); }

}  // namespace holdfast
