// What an OCF agent printed, told to an operator. Pure. Source: ocf_exit_reason and ocf_log of resource-agents.
#pragma once

#include <string>

namespace holdfast {

/// The reason that it gave (ocf-exit-reason), else the last line that it logged as an error, else the last line;
/// without the date and level before it, at most 300 bytes.
std::string exit_reason(const std::string& output);

/// The reason that it gave, then the tail of all that it printed; without a reason the tail alone. One line, at most 1
/// KiB.
std::string reason_and_output(const std::string& output);

}  // namespace holdfast
