#include "daemon/options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <optional>

namespace holdfast::daemon {

namespace {

constexpr int wrong_usage = 2;  // E1

/// What `holdfast agent` asks.
class AgentTasks {
 public:
  AgentTasks(CLI::App& app, std::initializer_list<CLI::Option*> others) {
    CLI::Option* list = app.add_flag("--list-agents", listing_, "list the agents of this machine and end");
    CLI::Option* show = app.add_option("--show-agent", show_.name, "tell what an agent does and takes, and end");
    list->excludes(show);
    for (CLI::Option* other : others) list->excludes(other), show->excludes(other);
    app.add_flag("--names", list_.names_only, "with --list-agents: nothing but names")->needs(list);
    app.add_flag("--json", list_.json, "with --list-agents or --show-agent: as JSON");
  }

  std::optional<Task> task() const {
    if (listing_) return list_;
    if (!show_.name.empty()) return ShowAgent{show_.name, list_.json};
    return std::nullopt;
  }

 private:
  bool listing_ = false;
  ListAgents list_;
  ShowAgent show_;
};

}  // namespace

Task parse_options(int argc, char** argv, Options& options) {
  CLI::App app{"holdfastd: the daemon of the Holdfast cluster manager, one on every node"};
  std::string check;
  std::string key;
  app.add_option("--config", options.config, "configuration of the cluster, the same on all nodes")
      ->capture_default_str();
  app.add_option("--node", options.node, "which node of the configuration this machine is (default: its host name)");
  app.add_option("--state-dir", options.state_dir, "what lasts over restarts")->capture_default_str();
  app.add_option("--run-dir", options.run_dir, "sockets and records of this boot")->capture_default_str();
  app.add_option("--log-file", options.log_file, "the log")->capture_default_str();
  app.add_option("--agent-dir", options.agent_dir,
                 "folder of holdfast-agent (default: beside holdfastd, or as installed)");
  app.add_option("--corosync", options.corosync, "program that carries messages and heartbeats")->capture_default_str();
  app.add_option("--journal-segments", options.journal_segments,
                 "how many files of the journal are kept; 0: no journal")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_option("--journal-segment-size", options.journal_segment_size, "MiB of one of them")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  std::string speech;
  app.add_option("--speak", speech, "protocol versions and feature level, for example 1-1/1")->group("");  // hidden
  CLI::Option* check_option = app.add_option("--check", check, "check a configuration file and end");
  CLI::Option* key_option =
      app.add_option("--create-key", key, "write a new cluster key and end")->excludes(check_option);
  AgentTasks agent_tasks(app, {check_option, key_option});
  app.set_version_flag("--version", std::string("holdfastd ") + HOLDFAST_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return End{app.exit(error)};  // help, version
    std::fprintf(stderr, "holdfastd: %s; holdfastd --help lists the options\n", error.what());
    return End{wrong_usage};
  }
  if (!speech.empty()) {
    const Result<wire::Speech> spoken = wire::speech_from(speech);
    if (!spoken) {
      std::fprintf(stderr, "holdfastd: --speak %s\n", spoken.error().text.c_str());
      return End{wrong_usage};
    }
    options.speech = *spoken;
  }
  for (std::string* path :
       {&options.config, &options.state_dir, &options.run_dir, &options.log_file, &options.agent_dir})
    if (!path->empty()) *path = std::filesystem::absolute(*path).lexically_normal().string();  // agents run elsewhere
  if (check_option->count() > 0) return Check{check};
  if (key_option->count() > 0) return CreateKey{key};
  if (const auto task = agent_tasks.task()) return *task;
  return Run{};
}

}  // namespace holdfast::daemon
