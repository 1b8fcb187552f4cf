// holdfast-agent <kind> <action>: our own agents as one program, by the OCF API.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "agents/kind.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

const Kind* find_kind(std::string_view name) {
  for (const Kind* kind : {&disk_kind(), &filesystem_kind(), &ip_kind(), &lsb_kind(), &probe_kind(), &process_kind(),
                           &script_kind(), &systemd_kind()})
    if (kind->name == name) return kind;
  return nullptr;
}

Kind::Action find_action(const Kind& kind, std::string_view action) {
  if (action == "start") return kind.start;
  if (action == "stop") return kind.stop;
  if (action == "monitor" || action == "status") return kind.monitor;
  if (action == "validate-all") return kind.validate;
  if (action == "recover") return kind.recover;
  if (action == "ready") return kind.ready;
  return nullptr;
}

Answer perform(std::string_view kind_name, std::string_view action_name) {
  const Kind* kind = find_kind(kind_name);
  if (kind == nullptr)
    return {
        ExitCode::arguments,
        format("unknown kind \"{}\"; allowed: disk, filesystem, ip, lsb, probe, process, script, systemd", kind_name)};
  if (action_name == "meta-data") {
    std::fputs(meta_data(*kind).c_str(), stdout);
    return {};
  }
  const Kind::Action action = find_action(*kind, action_name);
  if (action == nullptr)
    return {
        ExitCode::unimplemented,
        format("unknown action \"{}\" of {}; allowed: start, stop, monitor, recover, ready, validate-all, meta-data",
               action_name, kind_name)};
  return action(Invocation{});
}

/// E1: one line, whatever a command below wrote.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace
}  // namespace holdfast::agent

int main(int argc, char** argv) {
  using namespace holdfast::agent;
  if (argc != 3) {
    std::fputs(
        "usage: holdfast-agent disk|filesystem|ip|lsb|probe|process|script|systemd "
        "start|stop|monitor|recover|ready|validate-all|meta-data\n",
        stderr);
    return static_cast<int>(ExitCode::arguments);
  }
  Answer answer;
  try {
    answer = perform(argv[1], argv[2]);
  } catch (const std::exception& error) {
    answer = {ExitCode::generic, std::string{"internal error: "} + error.what()};
  }
  if (!answer.text.empty()) std::fprintf(stderr, "%s\n", one_line(answer.text).c_str());
  return static_cast<int>(answer.code);
}
