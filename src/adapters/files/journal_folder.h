// A node's journal as files <node>-<number>.journal, for root only: they hold the parameters of resources. Written by
// the thread of BackgroundStore, so that a disk that hangs makes nobody late (E4).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/time.h"
#include "ports/journal_store.h"
#include "wire/journal.h"

namespace holdfast::files {

struct JournalFolderSettings {
  std::filesystem::path folder;  ///< for example /var/lib/holdfast/journal; made when it is needed
  wire::JournalHead head;        ///< of every segment; number and time are set here
  std::size_t segments = 4;      ///< so many whole ones, all together; the oldest go
  std::size_t segment_bytes = 8 * 1024 * 1024;
  std::size_t reserve = 1024 * 1024;            ///< left free on the disk: the state file needs it (E2)
  std::size_t longest_queue = 4 * 1024 * 1024;  ///< bytes; what comes when the disk is so far behind is lost
  std::function<void()> wake;                   ///< soon work() must be called, on the writer's thread
};

class JournalFolder final : public JournalStore {
 public:
  explicit JournalFolder(JournalFolderSettings settings);
  ~JournalFolder() override;
  JournalFolder(const JournalFolder&) = delete;
  JournalFolder& operator=(const JournalFolder&) = delete;

  /// What the writer's thread does: writes what waits, and says after which time it wants to be called again to make it
  /// durable. Blocks for as long as the disk takes. It may outlive the folder, one call at a time.
  std::function<std::optional<Millis>()> work() const;

  void begin(std::string record) override;
  void append(std::string record) override;
  JournalStanding standing() const override;
  bool takes() const override;

 private:
  struct Shared;
  class Writer;
  JournalFolderSettings settings_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Writer> writer_;
};

}  // namespace holdfast::files
