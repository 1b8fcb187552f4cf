// The OCF contract of an agent program: how it is asked (arguments, environment) and how it answers (exit codes).
// Source: OCF resource agent API 1.1.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace holdfast::agent {

enum class ExitCode : int {
  success = 0,
  generic = 1,        ///< failed here and now; another try or node may do
  arguments = 2,      ///< a parameter is wrong on this node
  unimplemented = 3,  ///< unknown action
  permission = 4,
  not_installed = 5,   ///< this node lacks what the resource needs
  not_configured = 6,  ///< the parameters are wrong on every node
  not_running = 7,
  held_elsewhere = 150,  ///< ours, of a start: another machine holds what it needs, for now perhaps (B3)
  degraded = 190,        ///< in service, but not as well as it should be
};

/// What an action ends with. `text` is one line for the operator; empty if there is nothing to say.
struct Answer {
  ExitCode code = ExitCode::success;
  std::string text;
};

/// One call of the program, read from its environment.
class Invocation {
 public:
  /// The resource's name (OCF_RESOURCE_INSTANCE).
  std::string resource() const;
  /// OCF_RESKEY_<name>; none if unset or empty.
  std::optional<std::string> parameter(const std::string& name) const;
  /// The caller's time limit of this action (OCF_RESKEY_CRM_meta_timeout); 20 s if unknown.
  Millis timeout() const;
  /// Whether a monitor asks for the first time, or where the resource should not run: OCF's interval of 0.
  bool is_probe() const;
  /// The part of the agent's name after its kind: of lsb:<name> the name (OCF_RESOURCE_TYPE).
  std::string type() const;
  /// Where agents keep what must not survive a reboot: HOLDFAST_RUN_DIR, else /run/holdfast.
  std::string run_directory() const;
};

}  // namespace holdfast::agent
