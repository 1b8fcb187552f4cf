// plan, apply, export (V9).
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "api/answers.h"
#include "api/plan.h"
#include "base/format.h"
#include "cli/commands.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;

std::optional<std::string> read_text(const Options& options, const Console& console) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    console.complain(format("{}: cannot be read: {}", options.file, std::strerror(errno)));
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void show(const api::PlanAnswer& plan, const Options& options, const Console& console) {
  for (const std::string& line : plan.changes) console.out << line << '\n';
  for (const std::string& line : plan.notes) console.out << "note: " << line << '\n';
  for (const std::string& line : plan.refused) console.err << "refused: " << line << '\n';
  if (plan.changes.empty())
    console.out << "nothing to do: the cluster has this configuration (generation " << plan.generation << ")\n";
  else if (options.command == Command::plan && plan.refused.empty())
    console.out << format("to do it: holdfast apply {} --base {}\n", options.file, api::to_text(plan.base));
  console.out.flush();
}

/// The plan, or the exit code after what was wrong was told. What only agents know of their parameters is asked of
/// those on this node first, so that a mistake is found before anything changes.
std::variant<api::PlanAnswer, Exit> ask_plan(const api::ConfigBody& body, const Options& options,
                                             const Console& console) {
  if (const Exit wrong = check_before_change(options, console); wrong != Exit::done) return wrong;
  const Reply reply = Client(options.socket).post("/v1/plan", api::to_json(body), Millis{30000});
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  Result<api::PlanAnswer> plan = api::parse_plan(reply.body);
  if (!plan) {
    console.complain(plan.error().text);
    return Exit::failed;
  }
  for (const std::string& line : plan->warnings) console.err << line << '\n';
  for (const std::string& line : plan->mistakes) console.err << line << '\n';
  if (!plan->mistakes.empty()) return Exit::failed;
  if (options.command == Command::plan && options.json) console.out << reply.body << '\n';
  return std::move(*plan);
}

/// `--start`: what is new is brought in service; what it stands on comes along.
Exit start_added(const api::PlanAnswer& plan, const Options& options, const Console& console) {
  Exit exit = Exit::done;
  for (const std::string& name : plan.added) {
    Options start = options;
    start.command = Command::resource_start;
    start.resource = name;
    start.node.clear();
    start.force = start.json = false;
    if (const Exit ended = request(start, console); ended != Exit::done) exit = ended;
  }
  return exit;
}

}  // namespace

Exit plan(const Options& options, const Console& console) {
  const auto text = read_text(options, console);
  if (!text) return Exit::failed;
  const auto answer = ask_plan({*text, options.file, std::nullopt, Force::no}, options, console);
  if (const Exit* ended = std::get_if<Exit>(&answer)) return *ended;
  const auto& plan = std::get<api::PlanAnswer>(answer);
  if (!options.json) show(plan, options, console);
  return plan.refused.empty() ? Exit::done : Exit::refused;
}

Exit apply(const Options& options, const Console& console) {
  const auto text = read_text(options, console);
  if (!text) return Exit::failed;
  api::ConfigBody body{*text, options.file, std::nullopt, options.force ? Force::yes : Force::no};
  if (!options.base.empty() && !(body.base = api::parse_digest(options.base))) {
    console.complain(
        format("--base {}: allowed: the base that holdfast plan shows, 16 hexadecimal digits", options.base));
    return Exit::usage;
  }
  const auto answer = ask_plan(body, options, console);
  if (const Exit* ended = std::get_if<Exit>(&answer)) return *ended;
  const auto& plan = std::get<api::PlanAnswer>(answer);
  if (!options.json) show(plan, options, console);
  if (!plan.refused.empty()) return Exit::refused;
  if (plan.changes.empty() && (!body.base || *body.base == plan.base)) return Exit::done;
  if (!body.base) body.base = plan.base;
  const Reply reply = Client(options.socket).post("/v1/apply", api::to_json(body), options.timeout);
  if (reply.reach == Reach::answered && options.json) console.out << reply.body << '\n';
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (const auto done = api::parse_request_answer(reply.body); done && !options.json)
    console.out << "done: " << done->text << std::endl;
  return options.start ? start_added(plan, options, console) : Exit::done;
}

Exit export_config(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get("/v1/config");
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) {
    console.out << reply.body << std::endl;
    return Exit::done;
  }
  const Result<api::ConfigAnswer> config = api::parse_config_answer(reply.body);
  if (!config) {
    console.complain(config.error().text);
    return Exit::failed;
  }
  console.out << config->text << std::flush;
  return Exit::done;
}

}  // namespace holdfast::cli
