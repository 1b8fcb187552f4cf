// E3: no text ends the daemon or `holdfast check`. Every problem is one line, and there is a configuration if and only
// if no problem is an error.
#include <cstddef>
#include <cstdint>

#include "../require.h"
#include "config/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast::config;
  const ReadOutcome outcome = read_config({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml");
  bool errors = false;
  for (const Problem& problem : outcome.problems) {
    errors = errors || !problem.warning;
    for (const char c : to_line(problem)) require(static_cast<unsigned char>(c) >= 0x20);
  }
  require(outcome.config.has_value() != errors);
  if (outcome.config)
    for (const auto& node : outcome.config->nodes) require(!node.name.empty() && node.id.value >= 1);
  return 0;
}
