// Any bytes as the file of durations, and as its content below a first line that fits. Input: the bytes.
#include "adapters/files/durations_file.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/files/framed.h"

namespace {

using namespace holdfast;

void expect_refused_or_kept(std::string_view bytes) {
  const Result<Measurements> measurements = files::parse_durations(bytes);
  if (!measurements) {
    if (measurements.error().text.empty()) std::abort();
    return;
  }
  if (files::parse_durations(files::durations_bytes(*measurements)) != *measurements) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  expect_refused_or_kept(input);
  expect_refused_or_kept(files::framed("holdfast-durations", input));
  return 0;
}
