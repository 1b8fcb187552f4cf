#include "adapters/process/systemd_unit.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/format.h"

namespace holdfast {

bool is_in_service(const UnitState& state) { return state.active == "active" || state.active == "reloading"; }

bool is_between(const UnitState& state) {
  return state.active == "activating" || state.active == "deactivating" || (state.job != 0 && !is_in_service(state));
}

std::string describe(const std::string& unit, const UnitState& state) {
  std::string text = format("{} is {} ({})", unit, state.active, state.sub);
  if (!state.result.empty() && state.result != "success") text += format(", result {}", state.result);
  if (state.main_code == CLD_EXITED) text += format("; its main process ended with exit code {}", state.main_status);
  if (state.main_code == CLD_KILLED || state.main_code == CLD_DUMPED) {
    const char* name = sigabbrev_np(state.main_status);
    text += format("; its main process was ended by signal {}{}", state.main_status,
                   name == nullptr ? "" : format(" ({})", name));
  }
  return text;
}

}  // namespace holdfast
