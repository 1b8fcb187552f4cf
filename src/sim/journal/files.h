// Segments of journals, from files or from memory, put in order and played.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/journal/agreement.h"
#include "sim/journal/story.h"

namespace holdfast::sim {

/// One segment. `problem` is set if nothing of it can be read.
struct JournalFile {
  std::string name;
  std::string bytes;
  std::optional<wire::JournalHead> head;
  std::optional<wire::JournalError> problem;
};

JournalFile journal_file(std::string name, std::string bytes);

/// The files, and those named *.journal in the folders, in this order. The error names one that cannot be read.
Result<std::vector<JournalFile>> read_journals(const std::vector<std::string>& paths);

/// What all of them say when they are played again.
struct ReplayResult {
  std::vector<Replayed> nodes;
  Agreement agreement;
  std::vector<std::string> notes;
  std::optional<std::string> refused;     ///< another format or feature level; nothing was played
  std::optional<std::string> difference;  ///< the first, or damage
  std::uint64_t events() const;
};

/// Each node's segments in their order, then the nodes with one another. `story` may be null.
ReplayResult replay_journals(const std::vector<JournalFile>& files, JournalStory* story);

}  // namespace holdfast::sim
