// Parameters of a resource held against what its agent says of itself (K5, E1). Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/agents/ocf_meta_data.h"

namespace holdfast {

/// Parameters that every OCF agent takes though none lists them: the depth of the monitor, and tracing of shell agents.
inline constexpr std::string_view check_level_parameter = "OCF_CHECK_LEVEL";
bool is_general_parameter(std::string_view name);

/// Unknown, missing and malformed parameters, one clear line each, that says what is allowed; empty: none.
std::vector<std::string> parameter_problems(const std::string& agent, const std::map<std::string, std::string>& given,
                                            const OcfMetaData& meta_data);

/// What is well, but not likely meant: parameters that go out of use.
std::vector<std::string> parameter_warnings(const std::string& agent, const std::map<std::string, std::string>& given,
                                            const OcfMetaData& meta_data);

}  // namespace holdfast
