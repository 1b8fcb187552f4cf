#include "adapters/witness/qdevice_witness.h"

#include <corosync/votequorum.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "adapters/witness/boot_time.h"
#include "adapters/witness/postbox.h"
#include "adapters/witness/questions.h"
#include "adapters/witness/worker.h"
#include "base/format.h"

namespace holdfast {
namespace {

using namespace witness;

constexpr Millis poll_interval{500};
constexpr Millis look_interval{1000};
constexpr Millis patience{900};
constexpr Micros longest_silence = Millis{2000};

/// What votequorum says; none if corosync does not answer.
struct Count {
  Instant began;
  std::optional<votequorum_info> votes;
};

/// A connection to votequorum, kept until it breaks. What the worker's thread owns.
class VotequorumSession {
 public:
  VotequorumSession() = default;
  VotequorumSession(const VotequorumSession&) = delete;
  VotequorumSession& operator=(const VotequorumSession&) = delete;
  ~VotequorumSession() { close(); }

  Count count() {
    Count out{boot_time(), std::nullopt};
    static votequorum_callbacks_t none{};
    if (!open_) open_ = votequorum_initialize(&handle_, &none) == CS_OK;
    if (!open_) return out;
    votequorum_info info{};
    const cs_error_t result = votequorum_getinfo(handle_, 0, &info);
    if (result == CS_OK)
      out.votes = info;
    else if (result != CS_ERR_TRY_AGAIN)
      close();
    return out;
  }

 private:
  void close() {
    if (open_) votequorum_finalize(handle_);
    open_ = false;
  }

  votequorum_handle_t handle_ = 0;
  bool open_ = false;
};

}  // namespace

class QdeviceWitness::State : public std::enable_shared_from_this<QdeviceWitness::State> {
 public:
  State(boost::asio::io_context& loop, QdeviceWitnessSettings settings)
      : postbox_(std::make_shared<Postbox>(loop)),
        child_(std::move(settings.paths), std::move(settings.notice)),
        questions_(loop, patience, [this](const std::vector<NodeId>&) { return say(); }),
        timer_(loop) {}

  void begin() {
    look();
    auto session = std::make_shared<VotequorumSession>();
    worker_ = std::make_unique<Worker>("holdfast-votes", poll_interval,
                                       [session, postbox = postbox_, self = weak_from_this()] {
                                         postbox->post([self, count = session->count()] {
                                           if (const auto state = self.lock()) state->take(count);
                                         });
                                       });
  }

  void ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) {
    questions_.add(members, std::move(done), boot_time());
    worker_->wake();
  }
  void watch(std::function<void()> changed) { changed_ = std::move(changed); }
  void stop() {
    postbox_->close();
    worker_.reset();
    timer_.cancel();
  }

 private:
  void look() {
    child_.look();
    timer_.expires_after(look_interval);
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      const auto state = self.lock();
      if (!error && state) state->look();
    });
  }

  void take(const Count& count) {
    const bool before = quorate();
    last_ = count;
    questions_.looked(count.began);
    if (quorate() != before && changed_) changed_();
  }

  bool fresh() const { return last_ && last_->votes && boot_time() - last_->began < longest_silence; }
  bool quorate() const { return fresh() && (last_->votes->flags & VOTEQUORUM_INFO_QUORATE) != 0; }

  WitnessAnswer say() const {
    WitnessAnswer out;
    out.quorate = quorate();
    if (!fresh()) {
      out.text = "corosync does not say how the votes stand";
      return out;
    }
    const votequorum_info& votes = *last_->votes;
    const bool alive = (votes.flags & VOTEQUORUM_INFO_QDEVICE_ALIVE) != 0;
    const bool casts = (votes.flags & VOTEQUORUM_INFO_QDEVICE_CAST_VOTE) != 0;
    out.text = format("{} of {} votes, {} are needed; the quorum device {}", votes.total_votes, votes.highest_expected,
                      votes.quorum,
                      casts   ? "votes for this side"
                      : alive ? "does not vote for this side"
                              : "cannot be asked: corosync-qdevice does not run");
    return out;
  }

  std::shared_ptr<Postbox> postbox_;
  QdeviceChild child_;
  Questions questions_;
  boost::asio::steady_timer timer_;
  std::optional<Count> last_;
  std::unique_ptr<Worker> worker_;
  std::function<void()> changed_;
};

QdeviceWitness::QdeviceWitness(boost::asio::io_context& loop, QdeviceWitnessSettings settings)
    : state_(std::make_shared<State>(loop, std::move(settings))) {
  state_->begin();
}
QdeviceWitness::~QdeviceWitness() { state_->stop(); }
void QdeviceWitness::ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) {
  state_->ask(members, std::move(done));
}
void QdeviceWitness::watch(std::function<void()> changed) { state_->watch(std::move(changed)); }

}  // namespace holdfast
