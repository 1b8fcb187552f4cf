// Kind `script` (K6): LifeKeeper's generic application. The operator's own scripts: restore, remove, optional
// quickCheck and recover, and an info string. Each is called as `<script> -t <resource> -i <resource>`; 0 is success.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agents/kind.h"
#include "base/descriptor.h"
#include "base/format.h"

namespace holdfast::agent {
namespace {

Answer failed(std::string text) { return {ExitCode::generic, std::move(text)}; }

/// Says that `restore` succeeded and `remove` has not since. LifeKeeper calls quickCheck only for what is in
/// service, so scripts exist whose quickCheck says 0 always: outside of service the mark alone answers.
std::string mark_path(const Invocation& call) {
  std::string name = call.resource();
  for (char& c : name)
    if (c == '/') c = '_';
  return call.run_directory() + "/script/" + name + ".in-service";
}

bool marked(const Invocation& call) { return access(mark_path(call).c_str(), F_OK) == 0; }

Answer set_mark(const Invocation& call) {
  const std::string path = mark_path(call);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const Descriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)};
  return file ? Answer{} : failed(format("cannot write {}: {}", path, std::strerror(errno)));
}

/// An empty text if `parameter` names a program, or may be left out and is.
std::string trouble_with(const Invocation& call, const std::string& parameter, Need need) {
  const auto path = call.parameter(parameter);
  if (!path) return need == Need::optional ? "" : format("parameter {} is missing: the path of a script", parameter);
  if (path->front() != '/') return format("parameter {} = \"{}\": must be an absolute path", parameter, *path);
  return "";
}

Answer validate_parameters(const Invocation& call) {
  for (const auto& [name, need] : {std::pair{"restore", Need::required},
                                   {"remove", Need::required},
                                   {"quickCheck", Need::optional},
                                   {"recover", Need::optional}})
    if (std::string text = trouble_with(call, name, need); !text.empty()) return {ExitCode::not_configured, text};
  return {};
}

[[noreturn]] void become(const std::string& script, const Invocation& call) {
  const std::string resource = call.resource();
  setenv("HOLDFAST_RESOURCE", resource.c_str(), 1);
  setenv("HOLDFAST_INFO", call.parameter("info").value_or("").c_str(), 1);
  execl(script.c_str(), script.c_str(), "-t", resource.c_str(), "-i", resource.c_str(), nullptr);
  _exit(errno == ENOENT ? 127 : 126);
}

/// Runs the script in our own process group, with our own output: a time limit ends both of us (K11).
Answer run_script(const Invocation& call, const std::string& parameter) {
  const std::string script = call.parameter(parameter).value_or("");
  if (access(script.c_str(), X_OK) != 0)
    return {ExitCode::not_installed, format("{} script {}: {}", parameter, script, std::strerror(errno))};
  const pid_t child = fork();
  if (child < 0) return failed(format("fork: {}", std::strerror(errno)));
  if (child == 0) become(script, call);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return failed(format("{} ended by signal {}", parameter, WTERMSIG(status)));
  if (WEXITSTATUS(status) == 0) return {};
  return failed(format("{} ended with exit code {}", parameter, WEXITSTATUS(status)));
}

Answer start(const Invocation& call) {
  if (Answer wrong = validate_parameters(call); wrong.code != ExitCode::success) return wrong;
  if (Answer answer = run_script(call, "restore"); answer.code != ExitCode::success) return answer;
  return set_mark(call);
}

Answer stop(const Invocation& call) {
  if (Answer wrong = validate_parameters(call); wrong.code != ExitCode::success) return wrong;
  if (Answer answer = run_script(call, "remove"); answer.code != ExitCode::success) return answer;
  unlink(mark_path(call).c_str());
  return {};
}

Answer monitor(const Invocation& call) {
  if (Answer wrong = validate_parameters(call); wrong.code != ExitCode::success) return wrong;
  if (!marked(call)) return {ExitCode::not_running, "not in service here"};
  if (!call.parameter("quickCheck")) return {};  // K6: none means always well
  return run_script(call, "quickCheck");
}

Answer recover(const Invocation& call) {
  if (Answer wrong = validate_parameters(call); wrong.code != ExitCode::success) return wrong;
  if (!call.parameter("recover")) return {ExitCode::unimplemented, "it has no recover script"};
  if (Answer answer = run_script(call, "recover"); answer.code != ExitCode::success) return answer;
  return set_mark(call);
}

Answer validate(const Invocation& call) {
  if (Answer wrong = validate_parameters(call); wrong.code != ExitCode::success) return wrong;
  for (const char* parameter : {"restore", "remove", "quickCheck", "recover"}) {
    const auto script = call.parameter(parameter);
    if (script && access(script->c_str(), X_OK) != 0)
      return {ExitCode::not_installed, format("{} script {}: {}", parameter, *script, std::strerror(errno))};
  }
  return {};
}

}  // namespace

const Kind& script_kind() {
  static const Kind kind{
      "script",
      "Generic application: the operator's own scripts, as LifeKeeper's gen/app runs them",
      {{"restore", "string", Need::required, "", "Path of the script that starts; it must succeed if all runs already"},
       {"remove", "string", Need::required, "", "Path of the script that stops; it must succeed if nothing runs"},
       {"quickCheck", "string", Need::optional, "", "Path of the script that checks; without it all is always well"},
       {"recover", "string", Need::optional, "",
        "Path of the script for local recovery; without it: fail over at once"},
       {"info", "string", Need::optional, "", "Text for the scripts, in HOLDFAST_INFO"}},
      start,
      stop,
      monitor,
      validate,
      recover,
      validate};
  return kind;
}

}  // namespace holdfast::agent
