#include "api/answers.h"
#include "api/status.h"
#include "base/format.h"
#include "cli/commands.h"
#include "cli/completion_bash.h"

namespace holdfast::cli {
namespace {
constexpr unsigned ok = 200;
}

Exit version(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get("/v1/version");
  const bool answered = reply.reach == Reach::answered && reply.status == ok;
  if (options.json) {
    if (!answered) return complain(reply, options, console);
    console.out << reply.body << '\n';
    return Exit::done;
  }
  console.out << "holdfast " << HOLDFAST_VERSION << '\n';
  // Versions may stand side by side during an upgrade; no daemon is no mistake here.
  if (const Result<api::VersionAnswer> daemon = api::parse_version(reply.body); answered && daemon)
    console.out << format("holdfastd {} on {}, cluster {}\n", daemon->version, daemon->node, daemon->cluster);
  else
    console.out << format("holdfastd: {}\n", answered ? "no valid answer" : reply.problem);
  return Exit::done;
}

Exit completion(const Options& options, const Console& console) {
  if (options.names.empty()) {
    console.out << completion_bash;
    return Exit::done;
  }
  const Reply reply = Client(options.socket).get("/v1/status", Millis{1000});
  const Result<api::Status> status = api::parse_status(reply.body);
  if (reply.reach != Reach::answered || reply.status != ok || !status) return Exit::no_daemon;  // silent: a shell asks
  if (options.names == "nodes")
    for (const api::NodeStatus& node : status->nodes) console.out << node.name << '\n';
  else
    for (const api::ResourceStatus& resource : status->resources) console.out << resource.name << '\n';
  return Exit::done;
}

}  // namespace holdfast::cli
