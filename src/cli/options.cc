// The one unit of this room that includes CLI11.
#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "cli/suggest.h"

namespace holdfast::cli {
namespace {

const std::vector<std::string> commands{"status",      "resource", "node",  "why",    "log",     "stop",
                                        "maintenance", "split",    "check", "plan",   "apply",   "export",
                                        "simulate",    "journal",  "agent", "notify", "version", "completion"};
const std::vector<std::string> resource_commands{"list", "show", "start", "stop", "move"};
const std::vector<std::string> node_commands{"confirm", "confirm-off"};
const std::vector<std::string> maintenance_commands{"on", "off"};
const std::vector<std::string> split_commands{"plan", "resolve"};
const std::vector<std::string> agent_commands{"list", "show"};
const std::vector<std::string> notify_commands{"test"};
const std::map<std::string, const std::vector<std::string>*> subcommands{
    {"resource", &resource_commands}, {"node", &node_commands},   {"maintenance", &maintenance_commands},
    {"split", &split_commands},       {"agent", &agent_commands}, {"notify", &notify_commands}};
constexpr Millis stop_timeout{300'000};  ///< a node's resources stop one after the other

/// The words of the command line that are neither options nor the socket's path.
std::vector<std::string> words_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--socket")
      ++i;
    else if (!arguments[i].starts_with("-"))
      words.push_back(arguments[i]);
  }
  return words;
}

/// What is no command at all; CLI11 would only say that it was not expected.
std::optional<std::string> unknown_command(const std::vector<std::string>& arguments) {
  const std::vector<std::string> words = words_of(arguments);
  const auto in = [](const std::vector<std::string>& known, const std::string& word) {
    return std::find(known.begin(), known.end(), word) != known.end();
  };
  if (words.empty()) return std::nullopt;
  if (words[0] == "simulate" || words[0] == "journal") return std::nullopt;  // their words are holdfast-simulate's
  if (!in(commands, words[0])) return unknown_word("command", words[0], commands);
  const auto known = subcommands.find(words[0]);
  if (known != subcommands.end() && words.size() > 1 && !in(*known->second, words[1]))
    return unknown_word("command \"" + words[0] + "\":", words[1], *known->second);
  return std::nullopt;
}

/// The whole grammar; fills `options` while it parses.
class Grammar {
 public:
  explicit Grammar(Options& options) : options_(options) {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--socket", options_.socket, "Socket of the daemon to ask")
        ->type_name("PATH")
        ->capture_default_str();
    status();
    resource();
    node();
    stop();
    maintenance();
    split();
    CLI::App* why = command(app_, Command::why, "why", "Why a resource is where it is, and not elsewhere");
    resource_name(*why);
    json(*why);
    why->add_flag("--all", options_.all, "Every decision that is remembered, not only the last ones");
    log();
    CLI::App* check = command(app_, Command::check, "check", "Check a configuration file; nothing is changed");
    check->add_option("FILE", options_.file, "The configuration")->required();
    configuration();
    agent();
    notify();
    simulate();
    journal();
    json(*command(app_, Command::version, "version", "Version of this command and of the daemon"));
    CLI::App* completion = command(app_, Command::completion, "completion", "Print the completion script of a shell");
    completion->add_option("SHELL", shell_, "bash")->check(CLI::IsMember({"bash"}))->capture_default_str();
    completion->add_option("--names", options_.names, "Print names for the script instead: resources or nodes")
        ->check(CLI::IsMember({"resources", "nodes"}));
  }

  CLI::App& app() { return app_; }

 private:
  CLI::App* command(CLI::App& above, Command command, const char* name, const char* text) {
    CLI::App* sub = above.add_subcommand(name, text);
    sub->fallthrough();
    sub->callback([this, command] { options_.command = command; });
    return sub;
  }

  void json(CLI::App& sub) { sub.add_flag("--json", options_.json, "Print the daemon's answer as JSON"); }
  void resource_name(CLI::App& sub) { sub.add_option("RESOURCE", options_.resource, "Its name")->required(); }

  void status() {
    CLI::App* status = command(app_, Command::status, "status", "Nodes, hierarchies, links; and what is not well");
    json(*status);
    status->add_flag("--watch,-w", options_.watch, "Show it again after every change, until interrupted");
  }

  void resource() {
    CLI::App* resource = app_.add_subcommand("resource", "List resources; start, stop, move them");
    resource->require_subcommand(1);
    resource->fallthrough();
    json(*command(*resource, Command::resource_list, "list", "All resources, and where they are in service"));
    CLI::App* show = command(*resource, Command::resource_show, "show", "Settings and states of one resource");
    resource_name(*show);
    json(*show);
    request(*resource, Command::resource_start, "start", "Bring it, and what it depends on, in service",
            "On this node (default: the best one)");
    request(*resource, Command::resource_stop, "stop", "Take it, and what depends on it, out of service",
            "On this node only");
    request(*resource, Command::resource_move, "move", "Stop its hierarchy here and start it on another node",
            "To this node");
  }

  /// What an operator says of a node that was lost.
  void node() {
    CLI::App* node = app_.add_subcommand("node", "Answer for a node that was lost");
    node->require_subcommand(1);
    node->fallthrough();
    CLI::App* off = command(*node, Command::node_confirm_off, "confirm-off",
                            "Say that a lost node is powered off, so that others take over what it ran");
    off->add_option("NODE", options_.node, "Its name")->required();
    waiting(*off);
    CLI::App* confirm = command(*node, Command::node_confirm, "confirm",
                                "Say whether others shall take over what a lost node ran (confirm_failover)");
    confirm->add_option("NODE", options_.node, "Its name")->required();
    confirm
        ->add_option_function<std::string>(
            "ANSWER", [this](const std::string& a) { options_.yes = a == "yes"; }, "yes or no")
        ->required()
        ->check(CLI::IsMember({"yes", "no"}));
    waiting(*confirm);
  }

  void stop() {
    CLI::App* stop = command(app_, Command::stop, "stop", "Stop a node's resources, then its daemon, in order");
    stop->add_option("NODE,--node", options_.node, "Which node (default: this one)")->type_name("NODE");
    stop->add_flag("--keep-resources", options_.keep_resources, "End the daemon only; what runs goes on running");
    stop->preparse_callback([this](std::size_t) { options_.timeout = stop_timeout; });
    waiting(*stop);
  }

  void maintenance() {
    CLI::App* maintenance =
        app_.add_subcommand("maintenance", "Monitor, but act upon nothing: the cluster, a node or a resource");
    maintenance->require_subcommand(1);
    maintenance->fallthrough();
    of_what(*command(*maintenance, Command::maintenance_on, "on", "Begin it"));
    CLI::App* off = command(*maintenance, Command::maintenance_off, "off", "Show what happens then, and end it");
    of_what(*off);
    off->add_flag("--yes,-y", options_.assume_yes, "Do not ask");
  }

  void of_what(CLI::App& sub) {
    CLI::Option* node = sub.add_option("--node", options_.node, "Of this node only")->type_name("NODE");
    sub.add_option("--resource", options_.resource, "Of this resource's hierarchy only")
        ->type_name("RESOURCE")
        ->excludes(node);
    waiting(sub);
  }

  void split() {
    CLI::App* split = app_.add_subcommand("split", "What is in service on several nodes at once, and how to end that");
    split->require_subcommand(1);
    split->fallthrough();
    json(*command(*split, Command::split_plan, "plan", "Show which side would lose what; nothing is done"));
    CLI::App* resolve =
        command(*split, Command::split_resolve, "resolve", "Keep a hierarchy on one node and stop it on the others");
    resource_name(*resolve);
    resolve->add_option("--keep", options_.node, "The node that keeps it")->type_name("NODE")->required();
    waiting(*resolve);
  }

  void request(CLI::App& above, Command which, const char* name, const char* text, const char* node_text) {
    CLI::App* sub = command(above, which, name, text);
    resource_name(*sub);
    sub->add_option("NODE,--on,--node", options_.node, node_text)->type_name("NODE");
    sub->add_flag("--force", options_.force, "Do it though a node that cannot be asked may hold the resource");
    waiting(*sub);
  }

  void waiting(CLI::App& sub) {
    sub.add_flag("--no-wait", options_.no_wait, "Do not wait for the result");
    sub.add_flag("--dry-run", options_.dry_run, "Only show what would be done");
    timeout(sub);
    json(sub);
  }

  void configuration() {
    CLI::App* plan =
        command(app_, Command::plan, "plan", "What another configuration would change; nothing is changed");
    plan->add_option("FILE", options_.file, "The new configuration")->required();
    json(*plan);
    CLI::App* apply =
        command(app_, Command::apply, "apply", "Change the configuration of the running cluster, on all its nodes");
    apply->add_option("FILE", options_.file, "The new configuration")->required();
    apply->add_option("--base", options_.base, "Refuse if the cluster has another one than this (see plan)")
        ->type_name("DIGEST");
    apply->add_flag("--start", options_.start, "Bring new resources in service");
    apply->add_flag("--force", options_.force,
                    "Do it though most nodes are away; of two configurations one is put aside later");
    timeout(*apply);
    json(*apply);
    json(*command(app_, Command::export_config, "export", "Print the configuration in use, as it was written"));
  }

  void timeout(CLI::App& sub) {
    sub.add_option_function<double>(
           "--timeout", [this](double s) { options_.timeout = Millis{static_cast<std::int64_t>(s * 1000)}; },
           "Seconds to wait for the result (default: 60)")
        ->check(CLI::Range(0.001, 86400.0))
        ->type_name("SECONDS");
  }

  void log() {
    CLI::App* log = command(app_, Command::log, "log", "The node's log");
    log->add_flag("--follow,-f", options_.follow, "Go on with new lines, until interrupted");
    log->add_option("--level", options_.level, "Only this level and weightier: info, notify, warn, error, emerg");
    log->add_option("--resource", options_.resource, "Only lines of this resource");
    log->add_option("--node", options_.node, "Only lines of this node");
    log->add_option("--module", options_.module, "Only lines of this module, for example membership");
    log->add_option("--since", options_.since, "Only from this time on: 2026-01-31T12:00:00, 12:00, or 10m (ago)");
    log->add_option("--lines,-n", options_.lines, "Only the last so many; 0: all")->capture_default_str();
    log->add_option("--file", options_.file, "Read this file instead of the daemon's log")->type_name("PATH");
  }

  void agent() {
    CLI::App* agent = app_.add_subcommand("agent", "What can be put under protection here, and how");
    agent->require_subcommand(1);
    agent->fallthrough();
    CLI::App* list = command(*agent, Command::agent_list, "list", "Every agent of this machine, and what it does");
    list->add_flag("--names", options_.names_only, "Only their names; quick, because no agent is asked");
    CLI::App* show = command(*agent, Command::agent_show, "show", "What an agent does, its parameters and actions");
    show->add_option("AGENT", options_.agent, "Its name, for example ip or ocf:heartbeat:pgsql")->required();
    for (CLI::App* sub : {list, show}) sub->add_flag("--json", options_.json, "Print it as JSON");
  }

  void notify() {
    CLI::App* notify = app_.add_subcommand("notify", "Who is told when something happens");
    notify->require_subcommand(1);
    notify->fallthrough();
    CLI::App* test = command(*notify, Command::notify_test, "test",
                             "Send a test to every target, or to one, and say what happened to each");
    test->add_option("TARGET", options_.target, "Its name in the configuration");
    json(*test);
  }

  /// The grammar of the rest is that of holdfast-simulate; here it is only told.
  void simulate() {
    CLI::App* sub = app_.add_subcommand(
        "simulate",
        "Rehearse faults in a copy of the cluster's present; nothing is changed. Faults: --node-dies NODE, "
        "--isolate NODE, --link-fails N[:A-B], --split A,B/C, --resource-fails R[:cannot-stop|:recovers|"
        ":cannot-start-on=NODE], one after the other or --after TIME; or --scenario FILE; or --matrix [--rows N]: all "
        "single and double faults. --config FILE: a cluster that does not run yet. --json");
    sub->callback([this] { options_.command = Command::simulate; });
  }

  void journal() {
    CLI::App* sub = app_.add_subcommand(
        "journal",
        "What this machine's daemon took in and decided. list [FILE|FOLDER...]: the files of the journal. replay "
        "[--quiet] [FILE|FOLDER...]: play it again, tell what happened and compare; with files of several nodes, also "
        "these with one another. Without a file: /var/lib/holdfast/journal");
    sub->callback([this] { options_.command = Command::journal; });
  }

  Options& options_;
  std::string shell_ = "bash";
  CLI::App app_{"Holdfast keeps services running when machines and services fail.", "holdfast"};
};

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// simulate, journal: all that stands behind them is for holdfast-simulate; none if this is another command, or asks
/// for help.
std::optional<Options> passed_on(const std::vector<std::string>& arguments) {
  Options options;
  auto word = arguments.begin();
  if (arguments.end() - word > 2 && *word == "--socket") {
    options.socket = *(word + 1);
    word += 2;
  }
  if (word == arguments.end() || (*word != "simulate" && *word != "journal")) return std::nullopt;
  options.command = *word == "simulate" ? Command::simulate : Command::journal;
  options.passed.assign(word + 1, arguments.end());
  const auto asks = [](const std::string& a) { return a == "--help" || a == "-h"; };
  if (std::any_of(options.passed.begin(), options.passed.end(), asks)) return std::nullopt;
  return options;
}

}  // namespace

std::variant<Options, Exit> parse_options(const std::vector<std::string>& arguments, const Console& console) {
  if (auto options = passed_on(arguments)) return std::move(*options);
  if (const std::optional<std::string> mistake = unknown_command(arguments)) {
    console.complain(*mistake);
    return Exit::usage;
  }
  Options options;
  Grammar grammar(options);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    grammar.app().parse(reversed);
  } catch (const CLI::CallForHelp&) {
    console.out << grammar.app().help();
    return Exit::done;
  } catch (const CLI::ParseError& error) {
    const std::string names = words_of(arguments).empty() ? "; commands: " + listed(commands) : "";
    console.complain(one_line(error.what()) + names + "; see --help");
    return Exit::usage;
  }
  if (options.command == Command::resource_move && options.node.empty()) {
    console.complain("resource move: NODE is required: the node to move to; see --help");
    return Exit::usage;
  }
  return options;
}

}  // namespace holdfast::cli
