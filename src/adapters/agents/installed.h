// What is installed in the OCF folders, for messages that say what is allowed.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

/// Names of the folders below <ocf root>/resource.d, sorted.
std::vector<std::string> ocf_providers(const std::string& ocf_root);
/// Names of the executable files of one provider, sorted.
std::vector<std::string> ocf_types(const std::string& ocf_root, const std::string& provider);
/// "a, b, c". Of more than `most` names those that are spelled most like `wanted`, and how many there are.
std::string list_like(const std::vector<std::string>& names, const std::string& wanted, std::size_t most = 10);

}  // namespace holdfast
