// What an OCF agent's own validate-all overlooks and anybody can see: a device or a program that is not here (K10).
#pragma once

#include <string>

#include "adapters/agents/ocf_meta_data.h"
#include "model/config.h"

namespace holdfast {

/// One line; empty: nothing is seen to be missing. Looks at the file system of this machine, starts nothing.
/// `meta_data` null: not known.
std::string visible_lack(const ResourceConfig& resource, const OcfMetaData* meta_data);

}  // namespace holdfast
