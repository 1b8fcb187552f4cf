#include "runtime/connectivity.h"

#include "base/format.h"
#include "wire/codec.h"

namespace holdfast::runtime {

namespace {
/// Peers say something every 100 ms. A node that was powered off must not count as heard when the view without it
/// comes: with detection `fast` that is 220 ms later.
constexpr Micros lately = Millis{150};
}  // namespace

Connectivity::Connectivity(NodeId self, std::shared_ptr<const ClusterConfig> config, Millis alive_interval,
                           const NodePorts& ports, Lines& lines)
    : self_(self),
      config_(std::move(config)),
      clock_(ports.clock),
      side_(*ports.side),
      lines_(lines),
      hearing_(self, *config_, core::hearing_limits(config_->detection), ports.clock.now()),
      guard_(self, config_, core::connectivity_limits(config_->detection, alive_interval)) {}

void Connectivity::start() {
  side_.start(*this);
  side_.tell(wire::encode_reach(guard_.note()));
}

void Connectivity::look() {
  const Instant now = clock_.now();
  for (const core::Hearing::News& news : hearing_.look(now)) tell(news);
  guard_.on_answering(hearing_.answering(now), now);
  guard_.on_unclear(hearing_.unclear(now));
  const core::ConnectivityGuard::Outcome outcome = guard_.look(now);
  for (const core::ConnectivityLine& line : outcome.lines) tell(line);
  if (outcome.shut_out_changed) side_.shut_out(guard_.shut_out());
  if (outcome.note_changed) side_.tell(wire::encode_reach(guard_.note()));
}

void Connectivity::tell(const core::ConnectivityLine& line) {
  switch (line.news) {
    case core::ConnectivityNews::left_out:
      return lines_.write(Severity::error, "links", Note::left_out, line.text);
    case core::ConnectivityNews::let_in:
      return lines_.write(Severity::notify, "links", Note::let_in, line.text);
    case core::ConnectivityNews::bridged:
      return lines_.write(Severity::warning, "links", Note::bridged, line.text);
  }
}

void Connectivity::tell(const core::Hearing::News& news) {
  const NodeConfig* peer = config_->node(news.path.peer);
  const std::string path = format("{} by {}/{}", peer->name, config_->node(self_)->links[news.path.link.value],
                                  peer->links[news.path.link.value]);
  const std::uint32_t port = side_channel_port(config_->port);
  if (news.unheard)
    lines_.write(
        Severity::warning, "links", Note::unheard,
        format("nothing comes back from {} on UDP port {}, though the engine (UDP port {}) hears it: open UDP "
               "port {} between the two nodes, in both directions; until then a partial failure of the network "
               "is seen later (L9)",
               path, port, config_->port, port));
  else
    lines_.write(Severity::notify, "links", Note::heard_again, format("UDP port {} of {} answers", port, path));
}

void Connectivity::on_ring(const std::vector<NodeId>& nodes) { guard_.on_ring(nodes); }

bool Connectivity::waits() { return guard_.waits(side_.heard_within(lately), clock_.now()); }

void Connectivity::on_answering(const std::vector<ReachPath>& paths) { hearing_.on_paths(paths, clock_.now()); }

/// A note that cannot be read is of a newer daemon: of that node nothing is known, and nothing is decided.
void Connectivity::on_note(NodeId node, std::string_view bytes) {
  hearing_.on_alive(node, clock_.now());
  const Result<ReachNote> note = wire::decode_reach(bytes);
  if (note)
    guard_.on_note(node, *note);
  else
    guard_.on_note_lost(node, clock_.now());
}

void Connectivity::on_note_lost(NodeId node) {
  hearing_.on_lost(node);
  guard_.on_note_lost(node, clock_.now());
}

}  // namespace holdfast::runtime
