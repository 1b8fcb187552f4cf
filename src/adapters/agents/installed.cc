#include "adapters/agents/installed.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>
#include <numeric>
#include <utility>

#include "adapters/agents/ocf_text.h"
#include "base/format.h"

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

/// Levenshtein's distance, in which upper and lower case are the same.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same =
          std::tolower(static_cast<unsigned char>(a[i])) == std::tolower(static_cast<unsigned char>(b[j]));
      const std::size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> ocf_providers(const std::string& ocf_root) {
  const std::string folder = ocf_root + "/resource.d";
  std::vector<std::string> out = entries(folder);
  std::erase_if(out, [&](const std::string& name) { return !is_folder(folder + "/" + name); });
  return out;
}

std::vector<std::string> ocf_types(const std::string& ocf_root, const std::string& provider) {
  const std::string folder = ocf_root + "/resource.d/" + provider;
  std::vector<std::string> out = entries(folder);
  std::erase_if(out, [&](const std::string& name) {
    const std::string path = folder + "/" + name;
    return is_folder(path) || access(path.c_str(), X_OK) != 0;
  });
  return out;
}

std::vector<std::string> init_scripts(const std::string& folder) {
  std::vector<std::string> out = entries(folder);
  std::erase_if(out, [&](const std::string& name) {
    const std::string path = folder + "/" + name;
    return is_folder(path) || access(path.c_str(), X_OK) != 0;
  });
  return out;
}

std::string init_script_text(const std::string& path) {
  constexpr std::string_view key = "# Short-Description:";
  constexpr int header_lines = 60;
  std::ifstream file(path);
  std::string line;
  for (int i = 0; i < header_lines && std::getline(file, line); ++i)
    if (line.starts_with(key)) return one_line(std::string_view(line).substr(key.size(), 200));
  return {};
}

std::string nearest(const std::vector<std::string>& names, const std::string& wanted) {
  constexpr std::size_t longest = 128;
  if (names.empty() || wanted.size() > longest) return {};
  const auto best =
      std::ranges::min_element(names, {}, [&](const std::string& name) { return distance(name, wanted); });
  return distance(*best, wanted) <= 1 + wanted.size() / 4 ? *best : std::string{};
}

std::string list_like(const std::vector<std::string>& names, const std::string& wanted, std::size_t most) {
  if (names.empty()) return "none";
  if (names.size() <= most) return format("{}", fmt::join(names, ", "));
  std::vector<std::string> nearest = names;
  std::ranges::stable_sort(nearest, {}, [&](const std::string& name) { return distance(name, wanted); });
  nearest.resize(most);
  return format("{} ({} in all)", fmt::join(nearest, ", "), names.size());
}

}  // namespace holdfast
