// The configuration file, replaced by a thread of its own: a disk that hangs must not make the loop late (E4, L5).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "ports/config_file.h"

namespace holdfast::files {

class FileConfigFile final : public ConfigFile {
 public:
  /// `post` makes the call on the runtime's thread, later; it is called from another thread, and not any more after the
  /// destructor has returned.
  FileConfigFile(std::filesystem::path file, std::function<void(std::function<void()>)> post);
  ~FileConfigFile() override;
  FileConfigFile(const FileConfigFile&) = delete;
  FileConfigFile& operator=(const FileConfigFile&) = delete;

  Result<std::string> read() override;
  /// The file keeps its mode. What was kept more than 20 changes ago is removed.
  void replace(std::string text, std::string keep_as, Written written) override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// What the thread does: keeps the present file, then replaces it. Blocks.
Result<void> replace_config_file(const std::filesystem::path& file, const std::string& text,
                                 const std::string& keep_as);

}  // namespace holdfast::files
