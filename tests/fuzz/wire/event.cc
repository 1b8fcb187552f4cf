// Any bytes as an event: refused, or an event that comes back as it was. Input: the bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/text.h"
#include "wire/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  const Result<Event> event = wire::decode_event({reinterpret_cast<const char*>(bytes), size});
  if (!event) {
    if (event.error().text.empty()) std::abort();
    return 0;
  }
  const Result<Event> again = wire::decode_event(wire::encode_event(*event));
  if (!again || *again != *event || text_of(*again) != text_of(*event)) std::abort();
  return 0;
}
