// E3: whatever an authentic sender put into a datagram is taken or refused, and what is made of it stays bounded.
#include "adapters/sidechannel/probe.h"

#include <cstddef>
#include <cstdint>

#include "../require.h"
#include "adapters/sidechannel/note_board.h"
#include "adapters/sidechannel/paths.h"
#include "core/local/connectivity.h"
#include "wire/codec.h"

namespace {

void guard_takes(const holdfast::ReachNote& note) {
  using namespace holdfast;
  auto config = std::make_shared<ClusterConfig>();
  for (std::uint32_t i = 1; i <= 3; ++i) config->nodes.push_back({NodeId{i}, "node", {"10.77.1.1"}});
  core::ConnectivityGuard guard(NodeId{1}, config, {});
  guard.on_answering({NodeId{2}}, Instant{1'000'000});
  guard.on_note(NodeId{2}, note);
  guard.on_note(NodeId{3}, note);
  for (int second = 1; second < 5; ++second) guard.look(Instant{second * 1'000'000});
  for (const NodeId node : guard.shut_out()) require(node == NodeId{2} || node == NodeId{3});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto note = wire::decode_reach(text);
  require(note || !note.error().text.empty());
  if (note) guard_takes(*note);
  const auto probe = sidechannel::decode_probe(text);
  if (!probe) {
    require(!probe.error().text.empty());
    return 0;
  }
  const auto again = sidechannel::decode_probe(sidechannel::encode(*probe));
  require(again && *again == *probe);
  sidechannel::Paths paths(Millis{800});
  paths.on_probe(NodeId{2}, *probe, Instant{900'000'000});
  paths.forgive(Millis{5'000});
  require(paths.answering(Instant{1'000'000'000}).size() <= 1);
  require(paths.next(NodeId{2}, probe->link, Instant{1'000'000'000}).echo == probe->sent);
  sidechannel::NoteBoard board(NodeId{1}, 1, Millis{800});
  board.take(probe->notes, Instant{1'000'000});
  require(board.take(probe->notes, Instant{1'000'000}).empty());  // the same is no news
  require(board.carried(Instant{1'000'000}).size() <= sidechannel::max_carried);
  board.expire(Instant{9'000'000});
  return 0;
}
