#include "adapters/sidechannel/worker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>

#include <algorithm>

#include "base/format.h"

namespace holdfast::sidechannel {

namespace {

constexpr Micros interval = Millis{100};
constexpr Micros shortest_interval = Millis{20};
constexpr Micros late = Millis{200};  ///< later than this, this thread stood still
constexpr int datagrams_at_once = 512;

std::int64_t micros_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}
Instant clock_now() { return Instant{micros_of(CLOCK_BOOTTIME)}; }

/// Shorter silences do the engine no harm (its view changes after 2.2 tokens), and loss and jitter make them.
Micros silence_of(const Detection& detection) { return std::max<Micros>(Millis{800}, Micros{detection.token} * 2); }

/// After so long without anything new a note counts no more: before the guard can have confirmed what it makes of it
/// (core::connectivity_limits), or what a dead node passed on last would be held against the living. Six rounds pass on
/// the notes of 32 nodes.
Micros age_of(const Detection& detection) { return silence_of(detection) + Millis{700}; }

}  // namespace

Worker::Worker(std::shared_ptr<const ClusterConfig> config, NodeId self, Sealer sealer, std::vector<LinkSocket> sockets,
               const std::string& nft, const std::string& engine_pid_file, WorkerNews news)
    : config_(std::move(config)),
      self_(self),
      sealer_(std::move(sealer)),
      sockets_(std::move(sockets)),
      filter_(*config_, nft),
      news_(std::move(news)),
      paths_(silence_of(config_->detection)),
      board_(self, static_cast<std::uint64_t>(micros_of(CLOCK_REALTIME)), age_of(config_->detection)),
      engine_(engine_pid_file),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Worker::tell(std::string note) {
  const std::lock_guard lock(guard_);
  new_note_ = std::move(note);
  eventfd_write(wake_.get(), 1);
}

void Worker::shut_out(std::vector<NodeId> nodes) {
  const std::lock_guard lock(guard_);
  new_out_ = std::move(nodes);
  eventfd_write(wake_.get(), 1);
}

std::vector<NodeId> Worker::heard_within(Micros time) const {
  const std::int64_t since = (clock_now() + -time).micros;
  std::vector<NodeId> nodes;
  for (std::uint32_t n = 1; n < heard_.size(); ++n)
    if (heard_[n] != 0 && heard_[n] >= since) nodes.push_back(NodeId{n});
  return nodes;
}

void Worker::stop() {
  stop_ = true;
  eventfd_write(wake_.get(), 1);
}

void Worker::run() {
  engine_.restore();  // what an earlier daemon left so
  filter(clock_now());
  Instant last_round;
  while (!stop_) {
    const Instant due = last_round + (soon_ ? shortest_interval : interval);
    wait(due);
    const Instant now = clock_now();
    if (last_round.micros != 0 && now - due > late) {
      paths_.forgive(now - due);
      board_.forgive(now - due);
    }
    hear(now);
    obey(now);
    if (now >= last_round + (soon_ ? shortest_interval : interval)) {
      send_round(now);
      last_round = now;
    }
    report(now);
    filter(now);
  }
}

void Worker::wait(Instant until) {
  std::vector<pollfd> files{{wake_.get(), POLLIN, 0}};
  if (filter_.descriptor() >= 0) files.push_back({filter_.descriptor(), POLLIN, 0});
  for (const LinkSocket& socket : sockets_) files.push_back({socket.descriptor(), POLLIN, 0});
  const Micros left = std::clamp(until - clock_now(), Micros{0}, interval);
  poll(files.data(), files.size(), static_cast<int>((left.count() + 999) / 1000));
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
}

void Worker::hear(Instant now) {
  for (std::uint32_t link = 0; link < sockets_.size(); ++link)
    for (int i = 0; i < datagrams_at_once; ++i) {
      const auto datagram = sockets_[link].receive();
      if (!datagram) break;
      take(*datagram, LinkIndex{link}, now);
    }
}

/// What is not authentic, not for us or not readable is dropped without a word (E3): anybody may send it.
void Worker::take(std::string_view datagram, LinkIndex link, Instant now) {
  const auto opened = sealer_.open(datagram);
  if (!opened || config_->node(opened->sender) == nullptr) return;
  const Result<Probe> probe = decode_probe(opened->content);
  if (!probe || probe->to != self_ || probe->link != link) return;
  heard_[opened->sender.value] = now.micros;
  paths_.on_probe(opened->sender, *probe, now);
  for (NoteBoard::News& news : board_.take(probe->notes, now)) {
    soon_ = true;
    priority_.lend(now);
    engine_.prolong(now);
    news_.note(std::move(news));
  }
}

void Worker::obey(Instant now) {
  const std::lock_guard lock(guard_);
  if (new_note_) {
    board_.tell(std::move(*new_note_));
    soon_ = true;
  }
  if (new_out_) {
    if (!new_out_->empty()) engine_.take(now);
    filter_.set(std::move(*new_out_));
  }
  new_note_.reset();
  new_out_.reset();
}

void Worker::send_round(Instant now) {
  soon_ = false;
  const std::vector<CarriedNote> notes = board_.carried(now);
  for (std::uint32_t link = 0; link < sockets_.size(); ++link)
    for (const NodeConfig& node : config_->nodes) {
      if (node.id == self_) continue;
      Probe probe = paths_.next(node.id, LinkIndex{link}, now);
      probe.notes = notes;
      const std::string datagram = sealer_.seal(encode(probe));
      if (!datagram.empty()) sockets_[link].send(node.id, datagram);
    }
}

void Worker::report(Instant now) {
  priority_.look(now);
  engine_.look(now);
  for (NoteBoard::News& news : board_.expire(now)) news_.note(std::move(news));
  std::vector<ReachPath> answering = paths_.answering(now);
  if (answering == answering_) return;
  answering_ = answering;
  priority_.lend(now);
  news_.answering(std::move(answering));
}

void Worker::filter(Instant now) {
  const Result<void> stepped = filter_.step(now);
  if (stepped && filter_.descriptor() < 0 && !filter_.next_try() && filter_failed_) {
    filter_failed_ = false;
    news_.line(Severity::notify, "the packet filter works again");
  }
  if (stepped || filter_failed_) return;
  filter_failed_ = true;
  news_.line(Severity::error, format("a node cannot be shut out of the engine's ring here: {}; it is tried again",
                                     stepped.error().text));
}

}  // namespace holdfast::sidechannel
