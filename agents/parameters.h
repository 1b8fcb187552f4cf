// Values of parameters: numbers and lists. Lists arrive as JSON text, as the configuration keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/ocf.h"
#include "base/result.h"

namespace holdfast::agent {

/// A whole number within [least, most]; `standard` if the parameter is not given.
Result<long> number_parameter(const Invocation& call, const std::string& name, long standard, long least, long most);

/// A JSON array of strings; empty if the parameter is not given.
Result<std::vector<std::string>> list_parameter(const Invocation& call, const std::string& name);

/// `NAME=value` pairs: a JSON object of strings, or a JSON array of "NAME=value"; empty if not given.
Result<std::vector<std::string>> environment_parameter(const Invocation& call, const std::string& name);

}  // namespace holdfast::agent
