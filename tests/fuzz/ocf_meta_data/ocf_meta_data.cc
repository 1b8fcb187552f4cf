// E3: whatever an agent prints, as meta-data or as output of an operation, the daemon takes it or says why not.
#include "adapters/agents/ocf_meta_data.h"

#include <cstddef>
#include <cstdint>

#include "../require.h"
#include "adapters/agents/ocf_result.h"

namespace {

void require_one_line(const std::string& text) {
  require(text.size() <= 1024);
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto parsed = parse_ocf_meta_data(text);
  if (parsed) {
    require(parsed->version.empty() || parsed->version == "1.0" || parsed->version == "1.1");
  } else {
    require(!parsed.error().text.empty());
    require_one_line(parsed.error().text);
  }
  require_one_line(tail_line(text));
  for (const OperationKind kind : {OperationKind::start, OperationKind::monitor})
    for (const RunOutcome outcome : {RunOutcome::exited, RunOutcome::timed_out})
      require_one_line(ocf_result(kind, RunResult{outcome, static_cast<int>(size % 200), text}).text);
  return 0;
}
