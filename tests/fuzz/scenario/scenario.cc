// E1, E3: any text is a scenario or gets one line that begins with `line N: `.
#include "sim/scenario/scenario.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto scenario = holdfast::sim::parse_scenario({reinterpret_cast<const char*>(bytes), size});
  if (!scenario) {
    if (!scenario.error().text.starts_with("line ")) std::abort();
    if (scenario.error().text.find('\n') != std::string::npos) std::abort();
  } else if (scenario->world.config->nodes.empty()) {
    std::abort();
  }
  return 0;
}
