#include "adapters/files/state_format.h"

#include "adapters/files/framed.h"
#include "wire/codec.h"

namespace holdfast::files {

namespace {
constexpr std::string_view kind = "holdfast-state";
}

std::string state_file_bytes(const DurableState& state) { return framed(kind, wire::encode_durable(state)); }

Result<DurableState> parse_state_file(std::string_view bytes) {
  return unframed(kind, bytes).and_then(wire::decode_durable);
}

}  // namespace holdfast::files
