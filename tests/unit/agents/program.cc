#include "program.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace holdfast::test {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hf-agents-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string Folder::script(const std::string& name, const std::string& body) const {
  const std::string path = path_ + "/" + name;
  std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
  chmod(path.c_str(), 0755);
  return path;
}

Command Agent::command(const std::string& action, Millis timeout) const {
  Command command;
  command.arguments = {HOLDFAST_AGENT_DIRECTORY "/holdfast-agent", kind, action};
  command.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "OCF_RESOURCE_INSTANCE=" + resource,
                         "HOLDFAST_RUN_DIR=" + run_directory,
                         "OCF_RESKEY_CRM_meta_timeout=" + std::to_string(timeout.count())};
  for (const auto& [name, value] : parameters) command.environment.push_back("OCF_RESKEY_" + name + "=" + value);
  return command;
}

RunResult Agent::call(const std::string& action, Millis timeout) const {
  return run_and_wait(command(action, timeout), Millis{20000});
}

std::string shell(const std::string& line) {
  return run_and_wait({{"/bin/sh", "-c", line}, {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}}, Millis{20000}).output;
}

}  // namespace holdfast::test
