// Whether this node could mount a resource, without mounting it (K10).
#pragma once

#include "agents/filesystem/source.h"

namespace holdfast::agent {

/// What this node lacks for it, whatever the state of device and mount point: the type, a helper program; or an entry
/// of /etc/fstab that mounts it at every boot. Success: nothing.
Answer node_lacks(const Settings& settings);

/// Why it cannot be mounted here now: the device, the mount point, something else that is mounted. Success: it can.
Answer obstacle(const Settings& settings, const Situation& situation);

}  // namespace holdfast::agent
