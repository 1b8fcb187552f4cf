#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/answers.h"
#include "api/status.h"
#include "base/format.h"
#include "cli/asking.h"
#include "cli/commands.h"
#include "cli/symbols.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr unsigned accepted = 202;
constexpr auto progress_delay = std::chrono::milliseconds(400);

/// "web-ip starting on beta, web out of service": what is on its way now.
std::string on_the_way(const Client& client) {
  const Reply reply = client.get("/v1/status", Millis{1000});
  const Result<api::Status> status = api::parse_status(reply.body);
  std::string text;
  if (reply.reach != Reach::answered || !status) return text;
  for (const api::ResourceStatus& resource : status->resources)
    for (const auto& [node, state] : resource.states)
      if (state == api::StateShown::starting || state == api::StateShown::stopping ||
          state == api::StateShown::recovering)
        text += format("{}{} {} on {}", text.empty() ? "" : ", ", resource.name, look(state).words, node);
  return text;
}

/// A line on a terminal that says what goes on, until destroyed.
class Progress {
 public:
  Progress(const Options& options, const Console& console)
      : options_(options), console_(console), client_(options.socket), thread_([this] { run(); }) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    thread_.join();
    if (drawn_) console_.err << "\r\033[K" << std::flush;
  }

 private:
  bool sleep() {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, progress_delay, [this] { return ended_; });
  }

  void run() {
    const auto began = std::chrono::steady_clock::now();
    while (sleep()) {
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count();
      const std::string now = on_the_way(client_);
      std::string line = format("{}: {} s{}{}", what_is_asked(options_), seconds, now.empty() ? "" : ", ", now);
      const auto room = static_cast<std::size_t>(console_.columns > 1 ? console_.columns - 1 : 1);
      if (line.size() > room) line.resize(room);
      console_.err << "\r\033[K" << line << std::flush;
      drawn_ = true;
    }
  }

  const Options& options_;
  const Console& console_;
  Client client_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  bool drawn_ = false;
  std::thread thread_;  ///< last: it uses all above
};

}  // namespace

Reply ask(const Options& options, const Console& console) {
  api::RequestBody body;
  const std::string target = target_of(options, body);
  body.force = options.force ? Force::yes : Force::no;
  body.wait = !options.no_wait;
  body.dry_run = options.dry_run;
  body.keep_resources = options.keep_resources;
  std::optional<Progress> progress;
  if (console.err_is_terminal && body.wait && !body.dry_run) progress.emplace(options, console);
  return Client(options.socket).post(target, api::to_json(body), options.timeout);
}

Exit conclude(const Reply& reply, const Options& options, const Console& console) {
  if (reply.reach == Reach::timed_out) {
    console.complain(format("failed: no result within {} s; the request goes on, see: holdfast status",
                            static_cast<double>(options.timeout.count()) / 1000));
    return Exit::failed;
  }
  if (reply.reach == Reach::broken) {
    console.complain(reply.problem + "; the request may go on, see: holdfast status");
    return Exit::failed;
  }
  if (reply.reach == Reach::answered && options.json) console.out << reply.body << '\n';
  if (reply.reach != Reach::answered || (reply.status != ok && reply.status != accepted))
    return complain(reply, options, console);
  if (options.json) return Exit::done;
  if (options.dry_run) return show_preview(reply.body, options, console);
  const Result<api::RequestAnswer> answer = api::parse_request_answer(reply.body);
  console.out << (reply.status == accepted ? "accepted; see: holdfast status"
                  : answer                 ? answer->text
                                           : reply.body)
              << '\n';
  return Exit::done;
}

Exit request(const Options& options, const Console& console) {
  return conclude(ask(options, console), options, console);
}

}  // namespace holdfast::cli
