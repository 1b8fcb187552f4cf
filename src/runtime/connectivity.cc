#include "runtime/connectivity.h"

#include "wire/codec.h"

namespace holdfast::runtime {

namespace {
/// Peers say something every 100 ms. A node that was powered off must not count as heard when the view without it
/// comes: with detection `fast` that is 220 ms later.
constexpr Micros lately = Millis{150};
}  // namespace

Connectivity::Connectivity(NodeId self, std::shared_ptr<const ClusterConfig> config, Millis alive_interval,
                           const NodePorts& ports, Lines& lines)
    : clock_(ports.clock),
      side_(*ports.side),
      lines_(lines),
      guard_(self, config, core::connectivity_limits(config->detection, alive_interval)) {}

void Connectivity::start() {
  side_.start(*this);
  side_.tell(wire::encode_reach(guard_.note()));
}

void Connectivity::look() {
  const core::ConnectivityGuard::Outcome outcome = guard_.look(clock_.now());
  for (const core::ConnectivityLine& line : outcome.lines) switch (line.news) {
      case core::ConnectivityNews::left_out:
        lines_.write(Severity::error, "links", Note::left_out, line.text);
        break;
      case core::ConnectivityNews::let_in:
        lines_.write(Severity::notify, "links", Note::let_in, line.text);
        break;
      case core::ConnectivityNews::bridged:
        lines_.write(Severity::warning, "links", Note::bridged, line.text);
        break;
    }
  if (outcome.shut_out_changed) side_.shut_out(guard_.shut_out());
  if (outcome.note_changed) side_.tell(wire::encode_reach(guard_.note()));
}

void Connectivity::on_ring(const std::vector<NodeId>& nodes) { guard_.on_ring(nodes); }

bool Connectivity::waits() { return guard_.waits(side_.heard_within(lately), clock_.now()); }

void Connectivity::on_answering(const std::vector<NodeId>& peers) { guard_.on_answering(peers, clock_.now()); }

/// A note that cannot be read is of a newer daemon: of that node nothing is known, and nothing is decided.
void Connectivity::on_note(NodeId node, std::string_view bytes) {
  const Result<ReachNote> note = wire::decode_reach(bytes);
  if (note)
    guard_.on_note(node, *note);
  else
    guard_.on_note_lost(node, clock_.now());
}

void Connectivity::on_note_lost(NodeId node) { guard_.on_note_lost(node, clock_.now()); }

}  // namespace holdfast::runtime
