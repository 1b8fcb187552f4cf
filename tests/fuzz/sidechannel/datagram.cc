// E3: whatever comes in on the side channel's port is not taken for a datagram of this cluster, and one that is opens
// only whole.
#include <cstddef>
#include <cstdint>

#include "adapters/sidechannel/seal.h"
#include "two_nodes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  auto& [alpha, beta] = TwoNodes::get();
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  require(!alpha->open(text));  // nobody guesses the tag
  std::string sealed = beta->seal(text);
  const auto opened = alpha->open(sealed);
  require(opened && opened->sender == NodeId{2} && opened->content == text);
  require(!beta->open(sealed));  // its own
  // Any byte changed, or any byte less, and it is nothing.
  if (size == 0) return 0;
  const std::size_t place = (bytes[0] + 256U * bytes[size - 1]) % sealed.size();
  require(!alpha->open(std::string_view(sealed).substr(0, place)));
  sealed[place] = static_cast<char>(sealed[place] ^ (1 << bytes[size / 2] % 8));
  require(!alpha->open(sealed));
  return 0;
}
