// What is installed in the OCF folders and among the init scripts, and which name of a list is meant.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

/// Names of the folders below <ocf root>/resource.d, sorted.
std::vector<std::string> ocf_providers(const std::string& ocf_root);
/// Names of the executable files of one provider, sorted.
std::vector<std::string> ocf_types(const std::string& ocf_root, const std::string& provider);
/// Names of the executable scripts of /etc/init.d, or of another folder, sorted.
std::vector<std::string> init_scripts(const std::string& folder);
/// What the script says of itself (Short-Description of its LSB header); empty if nothing.
std::string init_script_text(const std::string& path);

/// "a, b, c". Of more than `most` names those that are spelled most like `wanted`, and how many there are.
std::string list_like(const std::vector<std::string>& names, const std::string& wanted, std::size_t most = 10);

}  // namespace holdfast
