// E3: any bytes as a question or an answer about the configuration: nobody without the key is taken for a node, and of
// what an authentic node says only a whole configuration counts.
#include "adapters/sidechannel/config_frames.h"

#include <cstddef>
#include <cstdint>

#include "two_nodes.h"
#include "wire/offer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  auto& [alpha, beta] = TwoNodes::get();
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const sidechannel::Nonce nonce(16, 'n');
  require(!sidechannel::open_question(*alpha, text) && !sidechannel::open_answer(*alpha, text, nonce));
  if (const auto length = sidechannel::length_of(text.substr(0, 4), sidechannel::longest_question))
    require(*length <= sidechannel::longest_question && *length >= sidechannel::seal_overhead);
  // The same from a node.
  if (const auto asked = sidechannel::open_question(*alpha, beta->seal("HFcq" + text))) require(*asked == text);
  const auto offer = wire::decode_offer(text);
  require(offer || !offer.error().text.empty());
  const auto answer = sidechannel::open_answer(*alpha, beta->seal("HFca" + nonce + text), nonce);
  require(answer.has_value() == offer.has_value());
  if (answer) require(answer->from == NodeId{2} && answer->offer == *offer);
  return 0;
}
