#include <exception>

#include "api/answers.h"
#include "api/status.h"
#include "cli/commands.h"
#include "cli/suggest.h"

namespace holdfast::cli {
namespace {

constexpr unsigned bad_request = 400;
constexpr unsigned server_error = 500;
constexpr unsigned refused_by_state = 409;

/// The mistake in words, where it is an unknown resource or node; empty otherwise.
std::string unknown_name(const Options& options) {
  const Reply reply = Client(options.socket).get("/v1/status");
  if (reply.reach != Reach::answered) return {};
  const Result<api::Status> status = api::parse_status(reply.body);
  if (!status) return {};
  std::vector<std::string> names;
  for (const api::ResourceStatus& resource : status->resources) names.push_back(resource.name);
  if (!options.resource.empty() && status->resource(options.resource) == nullptr)
    return unknown_word("resource", options.resource, names);
  names.clear();
  for (const api::NodeStatus& node : status->nodes) names.push_back(node.name);
  if (!options.node.empty() && status->find_node(options.node) == nullptr)
    return unknown_word("node", options.node, names);
  return {};
}

Exit dispatch(const Options& options, const Console& console) {
  switch (options.command) {
    case Command::status:
      return show_status(options, console);
    case Command::resource_list:
      return list_resources(options, console);
    case Command::resource_show:
      return show_resource(options, console);
    case Command::resource_start:
    case Command::resource_stop:
    case Command::resource_move:
    case Command::node_confirm_off:
    case Command::node_confirm:
    case Command::maintenance_on:
    case Command::split_resolve:
      return request(options, console);
    case Command::stop:
      return stop(options, console);
    case Command::maintenance_off:
      return end_maintenance(options, console);
    case Command::split_plan:
      return plan_split(options, console);
    case Command::why:
      return why(options, console);
    case Command::log:
      return log(options, console);
    case Command::check:
      return check(options, console);
    case Command::plan:
      return plan(options, console);
    case Command::apply:
      return apply(options, console);
    case Command::export_config:
      return export_config(options, console);
    case Command::journal:
      return journal(options, console);
    case Command::simulate:
      return simulate(options, console);
    case Command::agent_list:
    case Command::agent_show:
      return options.command == Command::agent_list ? list_agents(options, console) : show_agent(options, console);
    case Command::notify_test:
      return test_notify(options, console);
    case Command::version:
      return version(options, console);
    case Command::completion:
      return completion(options, console);
  }
  return Exit::usage;
}

}  // namespace

Exit complain(const Reply& reply, const Options& options, const Console& console) {
  if (reply.reach == Reach::no_daemon) {
    console.complain(reply.problem);
    return Exit::no_daemon;
  }
  if (reply.reach != Reach::answered) {
    console.complain(reply.problem);
    return Exit::failed;
  }
  if (reply.status == refused_by_state) {
    console.complain("refused: " + api::parse_error_text(reply.body));
    return Exit::refused;
  }
  if (reply.status >= bad_request && reply.status < server_error) {
    const std::string unknown = unknown_name(options);
    console.complain(unknown.empty() ? api::parse_error_text(reply.body) : unknown);
    return Exit::usage;
  }
  console.complain("failed: " + api::parse_error_text(reply.body));
  return Exit::failed;
}

Exit run(const std::vector<std::string>& arguments, const Console& console) {
  try {
    const std::variant<Options, Exit> parsed = parse_options(arguments, console);
    if (const Exit* ended = std::get_if<Exit>(&parsed)) return *ended;
    return dispatch(std::get<Options>(parsed), console);
  } catch (const std::exception& error) {  // out of memory, or a defect of ours
    console.complain(error.what());
    return Exit::failed;
  }
}

}  // namespace holdfast::cli
