// Work that may hang, in a process of its own: a dead server or disk holds it, and not us.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapters/process/process_record.h"
#include "agents/ocf.h"

namespace holdfast::agent {

/// Runs `work` in a child and returns its answer; none if it has not ended within `limit` (it is killed then, and left
/// alone if not even that ends it). Without a limit the runner's one ends both of us (K11, R4).
///
/// `record` (a path, or empty) names a child that hangs: while it still does, no other one is begun, so that they
/// do not pile up; it is waited for instead.
std::optional<Answer> in_child(const std::function<Answer()>& work, std::optional<Millis> limit,
                               const std::string& record = "");

/// Waits until exactly this process has ended. False: the time is over.
bool await_end(const ProcessIdentity& process, std::optional<Millis> limit);

}  // namespace holdfast::agent
