// E3: whatever an agent prints, as meta-data or as output of an operation, the daemon takes it or says why not.
#include "adapters/agents/ocf_meta_data.h"

#include <cstddef>
#include <cstdint>

#include "../require.h"
#include "adapters/agents/check_parameters.h"
#include "adapters/agents/describe.h"
#include "adapters/agents/exit_reason.h"
#include "adapters/agents/ocf_result.h"

namespace {

void require_one_line(const std::string& text) {
  require(text.size() <= 1024);
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

/// Whatever an agent says of itself, a terminal gets no control characters of it, and a program gets JSON.
void require_well_shown(const holdfast::OcfMetaData& meta_data) {
  using namespace holdfast;
  for (const char c : agent_as_text("ocf:a:b", meta_data, ""))
    require(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
  require(!agent_as_json("ocf:a:b", meta_data, "").empty());
  std::map<std::string, std::string> given{{"no such", "1"}};
  for (const OcfParameter& parameter : meta_data.parameters) given.emplace(parameter.name, "a few");
  for (const std::string& line : parameter_problems("ocf:a:b", given, meta_data))
    for (const char c : line) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto parsed = parse_ocf_meta_data(text);
  if (parsed) {
    require(parsed->version.empty() || parsed->version == "1.0" || parsed->version == "1.1");
    require_well_shown(*parsed);
  } else {
    require(!parsed.error().text.empty());
    require_one_line(parsed.error().text);
  }
  require_one_line(tail_line(text));
  require_one_line(exit_reason(text));
  require_one_line(reason_and_output(text));
  for (const OperationKind kind : {OperationKind::start, OperationKind::monitor})
    for (const RunOutcome outcome : {RunOutcome::exited, RunOutcome::timed_out})
      require_one_line(ocf_result(kind, RunResult{outcome, static_cast<int>(size % 200), text}).text);
  return 0;
}
