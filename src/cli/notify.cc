// `holdfast notify test` (V5).
#include "api/notify_answer.h"
#include "api/target.h"
#include "base/format.h"
#include "cli/commands.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr Millis limit{60'000};  ///< a receiver that hangs is given up after half of it

}  // namespace

Exit test_notify(const Options& options, const Console& console) {
  const std::string one = options.target.empty() ? "" : "/" + api::percent_encode(options.target);
  const Reply reply = Client(options.socket).post("/v1/notify/test" + one, "", limit);
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  const auto results = api::parse_notify_test(reply.body);
  if (!results) {
    console.complain(results.error().text);
    return Exit::failed;
  }
  bool all = true;
  for (const api::NotifyTestResult& result : *results) all = all && result.taken;
  if (options.json) {
    console.out << reply.body << '\n';
  } else {
    for (const api::NotifyTestResult& result : *results)
      console.out << console.paint(result.taken ? "told  " : "failed", result.taken ? Colour::green : Colour::red)
                  << format("  {} by {}: {}\n", result.target, result.by, result.text);
  }
  return all ? Exit::done : Exit::failed;
}

}  // namespace holdfast::cli
