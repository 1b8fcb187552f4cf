#include "adapters/agents/installed.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "adapters/agents/ocf_text.h"
#include "base/format.h"
#include "base/spelling.h"

namespace holdfast {
namespace {

std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{opendir(folder.c_str()), &closedir};
  while (directory) {
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
  }
  std::ranges::sort(out);
  return out;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::vector<std::string> programs_in(const std::string& folder) {
  std::vector<std::string> out = entries(folder);
  std::erase_if(out, [&](const std::string& name) {
    const std::string path = folder + "/" + name;
    return is_folder(path) || access(path.c_str(), X_OK) != 0;
  });
  return out;
}

}  // namespace

std::vector<std::string> ocf_providers(const std::string& ocf_root) {
  const std::string folder = ocf_root + "/resource.d";
  std::vector<std::string> out = entries(folder);
  std::erase_if(out, [&](const std::string& name) { return !is_folder(folder + "/" + name); });
  return out;
}

std::vector<std::string> ocf_types(const std::string& ocf_root, const std::string& provider) {
  return programs_in(ocf_root + "/resource.d/" + provider);
}

std::vector<std::string> init_scripts(const std::string& folder) { return programs_in(folder); }

std::string init_script_text(const std::string& path) {
  constexpr std::string_view key = "# Short-Description:";
  constexpr int header_lines = 60;
  std::ifstream file(path);
  std::string line;
  for (int i = 0; i < header_lines && std::getline(file, line); ++i)
    if (line.starts_with(key)) return one_line(std::string_view(line).substr(key.size(), 200));
  return {};
}

std::string list_like(const std::vector<std::string>& names, const std::string& wanted, std::size_t most) {
  if (names.empty()) return "none";
  if (names.size() <= most) return format("{}", fmt::join(names, ", "));
  std::vector<std::string> nearest = names;
  std::ranges::stable_sort(nearest, {}, [&](const std::string& name) { return edit_distance(name, wanted); });
  nearest.resize(most);
  return format("{} ({} in all)", fmt::join(nearest, ", "), names.size());
}

}  // namespace holdfast
