#include "api/status.h"

#include <chrono>
#include <ctime>
#include <thread>

#include "api/answers.h"
#include "base/format.h"
#include "cli/commands.h"
#include "cli/tree.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr const char* clear_screen = "\033[H\033[2J";

/// The status as it shall be printed, or the exit code after the mistake was told.
std::variant<std::string, Exit> picture(const Options& options, const Console& console, const Reply& reply) {
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) return reply.body + '\n';
  const Result<api::Status> status = api::parse_status(reply.body);
  if (!status) {
    console.complain(status.error().text);
    return Exit::failed;
  }
  return render(*status, console);
}

std::string clock_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  return format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// Draws after every change; survives the daemon's restart.
class Watch {
 public:
  Watch(const Options& options, const Console& console) : options_(options), console_(console) {}

  Exit run() {
    while (!console_.ended() && console_.out) {
      const Reply reply = client_.listen(
          "/v1/events", [this](std::string_view event) { return event != "changed" || draw(); },
          [this] { return !console_.ended(); });
      if (exit_ || console_.ended()) break;
      if (drawn_.empty()) return complain(reply, options_, console_);
      if (!lost_) tell_lost();
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
    return exit_.value_or(Exit::done);
  }

 private:
  bool draw() {
    const Reply reply = client_.get("/v1/status");
    if (reply.reach != Reach::answered) return false;
    const auto now = picture(options_, console_, reply);
    if (const Exit* exit = std::get_if<Exit>(&now)) {
      exit_ = *exit;
      return false;
    }
    const std::string& text = std::get<std::string>(now);
    if (text != drawn_ || lost_) show(text);
    drawn_ = text;
    lost_ = false;
    return true;
  }

  void show(const std::string& text) {
    const bool screen = console_.out_is_terminal && !options_.json;
    if (screen)
      console_.out << clear_screen;
    else if (!drawn_.empty() && !options_.json)
      console_.out << '\n';
    console_.out << text << std::flush;
  }

  void tell_lost() {
    lost_ = true;
    console_.complain(format("{}: the daemon at {} is gone; trying again", clock_text(), options_.socket));
  }

  const Options& options_;
  const Console& console_;
  Client client_{options_.socket};
  std::string drawn_;
  bool lost_ = false;
  std::optional<Exit> exit_;
};

}  // namespace

Exit show_status(const Options& options, const Console& console) {
  if (options.watch) return Watch(options, console).run();
  const auto shown = picture(options, console, Client(options.socket).get("/v1/status"));
  if (const Exit* exit = std::get_if<Exit>(&shown)) return *exit;
  console.out << std::get<std::string>(shown);
  return Exit::done;
}

}  // namespace holdfast::cli
