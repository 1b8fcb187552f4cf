#include "sim/journal/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>

#include "base/format.h"

namespace holdfast::sim {

namespace {

namespace fs = std::filesystem;

Result<JournalFile> read_one(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file || file.bad()) return failure(format("{} cannot be read", path.string()));
  return journal_file(path.string(), std::move(bytes).str());
}

/// *.journal in a folder, by name; or the file itself.
Result<std::vector<fs::path>> files_at(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<fs::path>{path};
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(path, error))
    if (entry.path().extension() == ".journal") found.push_back(entry.path());
  if (error) return failure(format("{} cannot be read: {}", path.string(), error.message()));
  if (found.empty()) return failure(format("{} has no journal: no file named *.journal", path.string()));
  std::sort(found.begin(), found.end());
  return found;
}

/// By cluster and node, then in the order in which they were written.
std::vector<const JournalFile*> in_order(const std::vector<JournalFile>& files) {
  std::vector<const JournalFile*> sorted;
  for (const JournalFile& file : files)
    if (file.head) sorted.push_back(&file);
  const auto key = [](const JournalFile* f) {
    return std::tie(f->head->cluster, f->head->node, f->head->name, f->head->segment, f->name);
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto* a, const auto* b) { return key(a) < key(b); });
  return sorted;
}

bool same_node(const wire::JournalHead& a, const wire::JournalHead& b) {
  return std::tie(a.cluster, a.node, a.name) == std::tie(b.cluster, b.node, b.name);
}

std::optional<std::string> why_refused(const std::vector<JournalFile>& files) {
  for (const JournalFile& file : files) {
    if (file.problem && file.problem->fault == wire::JournalFault::other_version)
      return format("{}: {}", file.name, file.problem->text);
    if (!file.head) continue;
    if (const Result<void> possible = wire::can_replay(*file.head); !possible)
      return format("{}: {}", file.name, possible.error().text);
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t ReplayResult::events() const {
  std::uint64_t events = 0;
  for (const Replayed& node : nodes) events += node.steps.size();
  return events;
}

JournalFile journal_file(std::string name, std::string bytes) {
  JournalFile file{std::move(name), std::move(bytes), {}, {}};
  if (auto reader = wire::JournalReader::open(file.bytes))
    file.head = reader->head();
  else
    file.problem = reader.error();
  return file;
}

Result<std::vector<JournalFile>> read_journals(const std::vector<std::string>& paths) {
  std::vector<JournalFile> files;
  for (const std::string& path : paths) {
    const Result<std::vector<fs::path>> found = files_at(path);
    if (!found) return tl::unexpected(found.error());
    for (const fs::path& one : *found) {
      Result<JournalFile> file = read_one(one);
      if (!file) return tl::unexpected(file.error());
      files.push_back(std::move(*file));
    }
  }
  return files;
}

ReplayResult replay_journals(const std::vector<JournalFile>& files, JournalStory* story) {
  ReplayResult result;
  result.refused = why_refused(files);
  if (result.refused) return result;
  for (const JournalFile& file : files) {
    if (!file.problem) continue;
    std::string text = format("{}: {}", file.name, file.problem->text);
    if (file.problem->fault == wire::JournalFault::cut_off)
      result.notes.push_back(std::move(text));
    else if (!result.difference)
      result.difference = std::move(text);
  }
  std::optional<Replay> replay;
  const auto end_node = [&] {
    if (!replay) return;
    const Replayed& node = replay->result();
    result.notes.insert(result.notes.end(), node.notes.begin(), node.notes.end());
    if (!result.difference) result.difference = node.difference;
    result.nodes.push_back(node);
  };
  for (const JournalFile* file : in_order(files)) {
    if (!replay || !same_node(replay->result().head, *file->head)) {
      end_node();
      replay.emplace([story](const wire::JournalStep& step, const Outcome& outcome, const ClusterState& state) {
        if (story != nullptr) story->take(step, outcome, state);
      });
    }
    auto reader = wire::JournalReader::open(file->bytes);
    replay->play(file->name, *file->head, *reader);
  }
  end_node();
  result.agreement = agreement_of(result.nodes);
  result.notes.insert(result.notes.end(), result.agreement.notes.begin(), result.agreement.notes.end());
  if (!result.difference) result.difference = result.agreement.difference;
  return result;
}

}  // namespace holdfast::sim
