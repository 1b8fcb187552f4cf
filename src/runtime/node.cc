#include "runtime/node.h"

#include <algorithm>

#include "base/format.h"
#include "core/quorum.h"
#include "core/step.h"
#include "runtime/node_parts.h"
#include "wire/codec.h"

namespace holdfast::runtime {

namespace {
constexpr Micros probe_limit = Millis{3000};
constexpr Micros leave_limit = Millis{1000};
constexpr Micros keep_limit = Millis{3000};       ///< so long start and end wait for a disk that hangs
constexpr Micros request_limit = Millis{10'000};  ///< so long a request waits for an agreed view
constexpr Micros watchdog_loop_limit = Millis{1000};
}  // namespace

Node::Node(NodeSettings settings, NodePorts ports, NodeObserver* observer)
    : parts_(std::make_unique<Parts>(std::move(settings), ports, observer, *this)) {}
Node::~Node() = default;

void Node::start() { parts_->start(); }
void Node::leave(std::function<void()> done) { parts_->leave(std::move(done)); }
void Node::when_told_to_leave(std::function<void()> call) { parts_->when_told_to_leave(std::move(call)); }
void Node::request(Request asked, std::function<void(Answer)> done) {
  parts_->request(std::move(asked), std::move(done));
}
bool Node::learn(NodeId from, const wire::ConfigOffer& offer) { return parts_->learn(from, offer); }
const std::string& Node::config_text() const { return parts_->config_text(); }
const ClusterState& Node::state() const { return parts_->state(); }
bool Node::synced() const { return parts_->synced(); }
std::string Node::unsynced_because() const { return parts_->synced() ? std::string{} : parts_->because(); }
const std::vector<LinkFact>& Node::links() const { return parts_->links(); }
core::Feeding Node::feeding() const { return parts_->feeding(); }
std::vector<NodeId> Node::left_out() const { return parts_->left_out(); }
std::vector<ReachPath> Node::unheard() const { return parts_->unheard(); }
const std::deque<Remembered>& Node::decisions() const { return parts_->decisions(); }
void Node::on_view(const EngineView& view) { parts_->on_view(view); }
void Node::on_message(EngineMember sender, std::string_view bytes) { parts_->on_message(sender, bytes); }
void Node::on_links(const std::vector<LinkSample>& links) { parts_->on_links(links); }
void Node::on_engine_lost(const std::string& why) { parts_->on_engine_lost(why); }

Node::Parts::Parts(NodeSettings settings, NodePorts ports, NodeObserver* observer, EngineListener& listener)
    : settings_(std::move(settings)),
      ports_(ports),
      observer_(observer),
      listener_(listener),
      lines_(ports.log),
      durable_(ports.clock, ports.store, lines_),
      journal_(ports.journal, settings_.journal_segment, ports.clock, lines_),
      book_(settings_.self, wire::digest_of(*settings_.config)),
      executor_(*settings_.config, settings_.self, ports.clock, ports.agents, book_, lines_,
                [this](const Event& event) { tell(event); }),
      guards_(settings_.self, settings_.config->quorum.kind, ports.clock, ports.guards, book_, lines_,
              [this](const Event& event) { tell(event); }),
      timers_(ports.clock, [this](TimerId timer) { fire(timer); }),
      judge_(settings_.self, settings_.config),
      guard_(core::stall_limits(*settings_.config, settings_.stall_tick, settings_.link_poll), ports.clock.now()),
      spoken_(settings_.self, settings_.speech.protocol),
      assembler_(settings_.speech.protocol),
      state_(core::initial_state(settings_.config)) {
  if (ports.side != nullptr && settings_.config->nodes.size() > 2)
    connectivity_ =
        std::make_unique<Connectivity>(settings_.self, settings_.config, settings_.alive_interval, ports, lines_);
  executor_.ask_versions([this](const ResourceName& name) { return attempt_of(state_, name); });
}

void Node::Parts::start() {
  const DurableState kept = durable_.load();
  const auto wall_seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ports_.clock.wall().millis / 1000));
  incarnation_ = std::max(kept.incarnation + 1, wall_seconds);
  book_.begin_life(incarnation_);
  read_config_text();
  lines_.write(Severity::notify, "daemon", Note::started, format("{} starts, life {}", name_of(self()), incarnation_));
  booted_anew_ = !kept.boot.empty() && kept.boot != settings_.boot;
  if (booted_anew_)
    lines_.write(Severity::notify, "daemon", Note::rebooted,
                 "the machine was started anew since this daemon's last life; what runs is probed");
  state_ = core::initial_state(settings_.config, kept);
  state_.stamp = stamp_of_file(kept.stamp, book_.own().config);
  executor_.look_after(config(), kept.left_here);
  clock_base_ = ports_.clock.wall();
  clock_base_at_ = now();
  state_.nodes[self()].facts = book_.own();  // nothing is known of it; a daemon that ends now must not forget to ask
  keep();
  because_ = "this node's resources are being probed";
  unsynced_since_ = now();
  // R5: what runs is known before anybody hears of this node; and that this life exists outlasts a power failure.
  executor_.check_all(OperationKind::probe, probe_limit, [this] {
    because_ = "the disk does not take this node's state";
    durable_.when_kept(keep_limit, [this](Kept on_disk) {
      if (on_disk == Kept::no) name_life_by_boot_clock();
      join();
    });
  });
}

/// What was not probed yet may run, unless the machine was started anew.
bool Node::Parts::may_hold_something() const {
  return std::ranges::any_of(book_.own().resources, [&](const auto& entry) {
    const ResourceFact& fact = entry.second;
    return holds(fact.state) || (fact.state == ResourceState::unknown && !booted_anew_) ||
           (fact.state == ResourceState::failed && fact.may_run);
  });
}

core::Feeding Node::Parts::feeding() const {
  core::WatchdogInput input;
  input.now = now();
  input.last_round = joined_ ? last_tick_ : input.now;
  input.loop_limit = watchdog_loop_limit;
  input.held = holding();
  input.agreed = synced_;
  const core::Verdict quorum = core::quorum_of(state_, self());
  // No other side can have the majority while nodes of this ring only wait (G2).
  const bool kept = quorum == core::Verdict::unknown && config().quorum.kind == QuorumKind::majority;
  input.quorate = synced_ && (quorum == core::Verdict::yes || kept);
  input.holds = may_hold_something();
  return core::may_feed(input);
}

/// The disk does not know of this life: the next one would take the same number, if the wall clock has stepped back. So
/// it is counted on by the boot clock, which differs between any two lives.
void Node::Parts::name_life_by_boot_clock() {
  constexpr std::int64_t micros_in_milli = 1000;
  incarnation_ += static_cast<std::uint64_t>(now().micros / micros_in_milli);
  book_.begin_life(incarnation_);
  keep();
}

void Node::Parts::join() {
  joined_ = true;
  last_tick_ = now();
  guard_.forgive(now());
  state_.nodes[self()].facts = book_.own();
  because_ = "waiting for the engine";
  executor_.monitor_from_now();
  ports_.engine.start(listener_);
  if (connectivity_) connectivity_->start();
  tick_ = ports_.clock.after(settings_.stall_tick, [this] { tick(); });
}

void Node::Parts::tick() {
  if (gone_) return;
  const auto fired = std::move(tick_);
  last_tick_ = now();
  look();
  if (connectivity_) connectivity_->look();
  if (doubtful_view_ && !waits_with(*doubtful_view_)) take_view(*std::exchange(doubtful_view_, std::nullopt));
  maybe_end_hold();
  sync_tick();
  journal_.look();
  say_alive();
  fail_old_requests();
  tick_ = ports_.clock.after(settings_.stall_tick, [this] { tick(); });
}

void Node::Parts::leave(std::function<void()> done) {
  leave_done_.push_back(std::move(done));
  if (leaving_) return;
  leaving_ = true;
  lines_.write(Severity::notify, "daemon", Note::leaving,
               format("{} leaves in order; what runs here goes on", name_of(self())));
  const bool connected = !membership_.daemons().empty();
  if (connected) send(wire::Goodbye{}, synced_ ? state_.epoch : Epoch{});
  leave_limit_ = ports_.clock.after(connected ? leave_limit : Micros{0}, [this] { finish_leaving(); });
}

void Node::Parts::finish_leaving() {
  if (gone_) return;
  gone_ = true;
  unsync("this node has left");
  keep();
  durable_.when_kept(keep_limit, [this](Kept) {
    for (const auto& done : std::exchange(leave_done_, {}))
      if (done) done();
  });
}

void Node::Parts::request(Request asked, std::function<void(Answer)> done) {
  const bool leaves = asked.kind == RequestKind::leave && asked.node == self();
  if (leaves && asked.mode == LeaveMode::keep_resources && !synced_) {  // nothing of it needs the others' agreement
    done({AnswerKind::done, format("{} leaves, its resources stay as they are", name_of(self()))});
    return leave_as_told();
  }
  asked.id = {self(), incarnation_, ++requests_made_};
  requests_.add(asked, now(), std::move(done));
  book_.add_request(asked);
  tell(Requested{asked});
}

void Node::Parts::fail_old_requests() {
  if (synced_ || now() - unsynced_since_ < request_limit) return;
  confirmations_.end_all();
  for (const RequestId& id : requests_.older_than(now() + -request_limit)) {
    book_.remove_request(id);
    const Request* waiting = requests_.find(id);
    const bool leaves = waiting != nullptr && waiting->kind == RequestKind::leave && waiting->node == self();
    requests_.answer(
        id,
        {AnswerKind::failed,
         format("no view is agreed: {}{}", because_,
                leaves ? "; to end the daemon here without stopping anything: holdfast stop --keep-resources" : "")});
  }
}

std::string Node::Parts::names_of(const std::vector<NodeId>& nodes) const {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : ", ") + name_of(node);
  return text.empty() ? "nobody" : text;
}

}  // namespace holdfast::runtime
