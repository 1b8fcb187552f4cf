#include "sim/journal/check.h"

#include <filesystem>
#include <fstream>

#include "base/format.h"

namespace holdfast::sim {

std::vector<JournalFile> journals_of(const World& world) {
  std::vector<JournalFile> files;
  for (const NodeConfig& node : world.config().nodes) {
    std::size_t number = 0;
    for (const std::string& segment : world.journal(node.id))
      files.push_back(journal_file(format("{}-{:010}.journal", node.name, ++number), segment));
  }
  return files;
}

std::optional<std::string> journal_difference(const World& world) {
  const ReplayResult result = replay_journals(journals_of(world), nullptr);
  return result.refused ? result.refused : result.difference;
}

Result<void> store_journals(const World& world, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const JournalFile& file : journals_of(world)) {
    const std::string path = (std::filesystem::path(folder) / file.name).string();
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << file.bytes;
    out.flush();
    if (!out) return failure(format("{} cannot be written", path));
  }
  return {};
}

}  // namespace holdfast::sim
