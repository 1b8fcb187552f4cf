#include "agents/systemd/drop_in.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

std::string folder_of(const std::string& unit) { return "/run/systemd/system/" + unit + ".d"; }

/// Last in the alphabet: an operator's own override.conf must not win over it.
std::string path_of(const std::string& unit) { return folder_of(unit) + "/zz-holdfast.conf"; }

std::string content_for(const std::string& unit) {
  std::string text =
      "# Written by Holdfast while it has this unit in service here; it removes it again.\n"
      "[Unit]\n"
      "Before=holdfast.service\n";
  if (unit.ends_with(".service")) text += "[Service]\nRestart=no\n";
  return text;
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

bool has_drop_in(const std::string& unit) { return access(path_of(unit).c_str(), F_OK) == 0; }

Result<DropIn> put_drop_in(const std::string& unit) {
  const std::string path = path_of(unit);
  const std::string text = content_for(unit);
  if (read_whole(path) == text) return DropIn::unchanged;
  std::error_code error;
  std::filesystem::create_directories(folder_of(unit), error);
  const std::string temporary = path + ".new";  // systemd reads *.conf only
  const Descriptor file{open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      rename(temporary.c_str(), path.c_str()) != 0)
    return failure(format("cannot write {}: {}", path, std::strerror(errno)));
  return DropIn::changed;
}

DropIn remove_drop_in(const std::string& unit) {
  if (unlink(path_of(unit).c_str()) != 0) return DropIn::unchanged;
  rmdir(folder_of(unit).c_str());  // unless somebody else has one there
  return DropIn::changed;
}

}  // namespace holdfast::agent
