// Any bytes as the state file, and as its content below a first line that fits. Input: the bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/files/state_format.h"
#include "base/format.h"
#include "wire/crc32c.h"

namespace {

using namespace holdfast;

void expect_refused_or_kept(std::string_view bytes) {
  const Result<DurableState> state = files::parse_state_file(bytes);
  if (!state) {
    if (state.error().text.empty()) std::abort();
    return;
  }
  if (files::parse_state_file(files::state_file_bytes(*state)) != *state) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  expect_refused_or_kept(input);
  expect_refused_or_kept(format("holdfast-state 1 {:08x} {}\n", wire::crc32c(input), size) + std::string(input));
  return 0;
}
