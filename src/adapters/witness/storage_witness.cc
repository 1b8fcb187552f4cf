#include "adapters/witness/storage_witness.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "adapters/witness/boot_time.h"
#include "adapters/witness/mark_file.h"
#include "adapters/witness/marks.h"
#include "adapters/witness/postbox.h"
#include "adapters/witness/questions.h"
#include "adapters/witness/worker.h"
#include "base/format.h"

namespace holdfast {
namespace {

using namespace witness;

constexpr Millis patience{900};  // of ask(): storage that answers later has hung
constexpr int own_limit = 3;     // intervals
constexpr int peer_limit = 4;

/// One renewal of the own mark and one look at the others.
struct Round {
  std::uint64_t number = 0;
  Instant began;
  std::string error = {};  ///< empty: all was written and read
  std::map<NodeId, Slot> slots = {};
};

/// What the worker's thread owns.
class Renewal {
 public:
  explicit Renewal(const StorageWitnessSettings& settings) : file_(settings.path) {
    own_ = {settings.cluster, settings.self, settings.life, 0};
    for (const auto& [node, name] : settings.nodes) nodes_.push_back(node);
  }

  Round run() {
    Round out{++own_.counter, boot_time()};
    if (const auto written = file_.write(own_); !written) {
      out.error = written.error().text;
      return out;
    }
    auto read = file_.read(nodes_);
    if (read)
      out.slots = *std::move(read);
    else
      out.error = read.error().text;
    return out;
  }

 private:
  MarkFile file_;
  Mark own_;
  std::vector<NodeId> nodes_;
};

}  // namespace

class StorageWitness::State : public std::enable_shared_from_this<StorageWitness::State> {
 public:
  State(boost::asio::io_context& loop, StorageWitnessSettings settings)
      : settings_(std::move(settings)),
        postbox_(std::make_shared<Postbox>(loop)),
        board_(settings_.cluster, settings_.self, settings_.interval * peer_limit),
        questions_(loop, patience, [this](const std::vector<NodeId>& members) { return say(members); }) {}

  void begin() {
    auto renewal = std::make_shared<Renewal>(settings_);
    worker_ = std::make_unique<Worker>("holdfast-marks", settings_.interval,
                                       [renewal, postbox = postbox_, self = weak_from_this()] {
                                         postbox->post([self, round = renewal->run()] {
                                           if (const auto state = self.lock()) state->take(round);
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
  }

 private:
  void take(const Round& round) {
    if (round.error.empty()) renewed_ = round.began;
    error_ = round.error;
    for (const auto& [node, slot] : round.slots) board_.saw(node, slot, boot_time());
    questions_.looked(round.began);
    const std::set<NodeId> alive = board_.maybe_alive(all_nodes(), boot_time());
    const bool news = alive != last_alive_ || quorate() != last_quorate_;
    last_alive_ = alive;
    last_quorate_ = quorate();
    if (news && changed_) changed_();
  }

  bool quorate() const { return renewed_ && boot_time() - *renewed_ < settings_.interval * own_limit; }

  WitnessAnswer say(const std::vector<NodeId>& members) {
    WitnessAnswer out;
    out.quorate = quorate();
    const std::vector<NodeId> strangers = board_.not_shared(members, boot_time());
    out.fresh = board_.maybe_alive(all_nodes(), boot_time());
    if (!error_.empty())
      out.text = error_;
    else if (!out.quorate)
      out.text = format("{} has not answered for more than {} ms", settings_.path,
                        renewed_ ? (settings_.interval * own_limit).count() : patience.count());
    else if (!strangers.empty())
      out.text = format("{} is not shared: {} is in the view, and its mark there is not renewed; it is taken to live",
                        settings_.path, names_of(strangers));
    else
      out.text = format("own mark in {} is renewed; marks of others that live: {}", settings_.path,
                        names_of({out.fresh.begin(), out.fresh.end()}));
    return out;
  }

  std::string names_of(const std::vector<NodeId>& wanted) const {
    std::vector<std::string> names;
    for (const auto& [node, name] : settings_.nodes)
      if (std::find(wanted.begin(), wanted.end(), node) != wanted.end()) names.push_back(name);
    return names.empty() ? "none" : format("{}", fmt::join(names, ", "));
  }

  std::set<NodeId> all_nodes() const {
    std::set<NodeId> out;
    for (const auto& [node, name] : settings_.nodes) out.insert(node);
    return out;
  }

  StorageWitnessSettings settings_;
  std::shared_ptr<Postbox> postbox_;
  MarkBoard board_;
  std::optional<Instant> renewed_;  ///< when the last renewal that succeeded was begun
  std::string error_;
  Questions questions_;
  std::set<NodeId> last_alive_;
  bool last_quorate_ = false;
  std::unique_ptr<Worker> worker_;
  std::function<void()> changed_;
};

StorageWitness::StorageWitness(boost::asio::io_context& loop, StorageWitnessSettings settings)
    : state_(std::make_shared<State>(loop, std::move(settings))) {
  state_->begin();
}
StorageWitness::~StorageWitness() { state_->stop(); }
void StorageWitness::ask(const std::vector<NodeId>& members, std::function<void(WitnessAnswer)> done) {
  state_->ask(members, std::move(done));
}
void StorageWitness::watch(std::function<void()> changed) { state_->watch(std::move(changed)); }

}  // namespace holdfast
