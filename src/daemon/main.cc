#include <csignal>
#include <cstdio>

#include "adapters/files/key_file.h"
#include "base/overloaded.h"
#include "daemon/agent_report.h"
#include "daemon/daemon.h"
#include "daemon/options.h"
#include "daemon/setting.h"

namespace holdfast::daemon {
namespace {

int check(const Options& options, const std::string& file) {
  const Setting setting = find_setting(options, file, Place::anywhere);
  for (const std::string& warning : setting.warnings) std::printf("%s\n", warning.c_str());
  for (const std::string& problem : setting.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  if (!setting.problems.empty()) return 1;
  std::printf("%s: well: cluster %s, %zu nodes, %zu resources\n", file.c_str(), setting.config->name.c_str(),
              setting.config->nodes.size(), setting.config->resources.size());
  return 0;
}

int create_key(const std::string& file) {
  if (const Result<void> created = files::create_key_file(file); !created) {
    std::fprintf(stderr, "holdfastd: %s\n", created.error().text.c_str());
    return 1;
  }
  std::printf("%s: a new cluster key; copy it to every node, mode 0600\n", file.c_str());
  return 0;
}

}  // namespace
}  // namespace holdfast::daemon

int main(int argc, char** argv) {
  using namespace holdfast;
  using namespace holdfast::daemon;
  std::signal(SIGPIPE, SIG_IGN);
  Options options;
  return std::visit(
      Overloaded{[&](const Run&) { return run(options); }, [&](const Check& task) { return check(options, task.file); },
                 [&](const CreateKey& task) { return create_key(task.file); },
                 [&](const ListAgents& task) { return list_agents(options, task); },
                 [&](const ShowAgent& task) { return show_agent(options, task); },
                 [&](const End& task) { return task.exit_code; }},
      parse_options(argc, argv, options));
}
