// E3: whatever a fence agent prints as its metadata, and whatever stands on the shared storage, is taken or refused.
#include <cstddef>
#include <cstdint>

#include "../require.h"
#include "adapters/fence/fence_meta_data.h"
#include "adapters/witness/marks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto parsed = parse_fence_meta_data(text);
  require(parsed || !parsed.error().text.empty());
  const witness::Slot slot = witness::decode_mark(text);
  if (slot.content != witness::SlotContent::mark) return 0;
  // What was read as a mark is written the same way again.
  const witness::Slot again = witness::decode_mark(witness::encode_mark(slot.mark));
  require(again.content == witness::SlotContent::mark && again.mark == slot.mark);
  return 0;
}
