#include "adapters/corosync/discovery.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace holdfast::corosync {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> command_line_of(const std::string& process) {
  std::istringstream raw(text_of(process + "/cmdline"));
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(raw, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

std::string network_of(const std::string& process) {
  std::error_code error;
  return fs::read_symlink(process + "/ns/net", error).string();
}

/// Folders of /proc of the corosync processes of our network namespace.
std::vector<std::string> corosync_processes() {
  const std::string our_network = network_of("/proc/self");
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string folder = entry->path().string();
    const std::string name = entry->path().filename().string();
    if (name.empty() || name[0] < '0' || name[0] > '9') continue;
    if (text_of(folder + "/comm") == "corosync\n" && network_of(folder) == our_network) found.push_back(folder);
  }
  return found;
}

pid_t pid_of(const std::string& process) { return static_cast<pid_t>(std::stol(process.substr(sizeof "/proc/" - 1))); }

}  // namespace

bool corosync_sockets_bound(std::string_view table) {
  while (!table.empty()) {
    const auto end = table.find('\n');
    const std::string_view line = table.substr(0, end);
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    const auto at = line.find('@');
    if (at == std::string_view::npos) continue;
    // libqb pads the name with zero bytes, which the kernel shows as '@'.
    std::string_view name = line.substr(at + 1);
    name = name.substr(0, name.find('@'));
    if (name == "cmap" || name == "cpg") return true;
  }
  return false;
}

bool runs_configuration(const std::vector<std::string>& command_line, const std::string& configuration_file) {
  const auto option = std::find(command_line.begin(), command_line.end(), "-c");
  return option != command_line.end() && option + 1 != command_line.end() && *(option + 1) == configuration_file;
}

Found find_corosync(const std::string& our_configuration_file) {
  Found found;
  for (const std::string& process : corosync_processes()) {
    const std::vector<std::string> command_line = command_line_of(process);
    if (command_line.empty()) continue;  // ended, and not waited for yet
    (runs_configuration(command_line, our_configuration_file) ? found.ours : found.foreign_pid) = pid_of(process);
  }
  if (found.ours || !corosync_sockets_bound(text_of("/proc/self/net/unix"))) {
    found.foreign_pid.reset();
    return found;
  }
  found.foreign = true;
  return found;
}

}  // namespace holdfast::corosync
