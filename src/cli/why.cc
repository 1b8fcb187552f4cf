#include <algorithm>
#include <ctime>

#include "api/answers.h"
#include "api/target.h"
#include "base/format.h"
#include "cli/commands.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;
constexpr std::size_t last = 12;

std::string local_time(WallTime at) {
  const std::time_t seconds = static_cast<std::time_t>(at.millis / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec, at.millis % 1000);
}

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Colour::red;
    case Severity::warning:
      return Colour::yellow;
    case Severity::info:
      return Colour::dim;
    case Severity::notify:
      break;
  }
  return Colour::none;
}

void print(const api::DecisionRecord& record, const Console& console) {
  const auto columns = static_cast<std::size_t>(std::max(console.columns, 40));
  const std::string indent(30, ' ');
  const std::string text = wrapped(record.text, columns - indent.size(), indent);
  console.out << console.paint(local_time(record.at), Colour::dim) << "  " << padded(record.rule, 3) << "  "
              << console.paint(text, colour_of(record.severity)) << '\n';
  for (const api::RejectedNode& rejected : record.rejected)
    console.out << indent
                << wrapped(format("not {}: {}", rejected.node, rejected.why), columns - indent.size() - 2,
                           indent + "  ")
                << '\n';
}

}  // namespace

Exit why(const Options& options, const Console& console) {
  const Reply reply = Client(options.socket).get("/v1/why/" + api::percent_encode(options.resource));
  if (reply.reach != Reach::answered || reply.status != ok) return complain(reply, options, console);
  if (options.json) {
    console.out << reply.body << '\n';
    return Exit::done;
  }
  const Result<api::WhyAnswer> answer = api::parse_why(reply.body);
  if (!answer) {
    console.complain(answer.error().text);
    return Exit::failed;
  }
  console.out << wrapped(answer->sentence, static_cast<std::size_t>(std::max(console.columns - 2, 20)), "  ") << '\n';
  const std::size_t count = answer->decisions.size();
  const std::size_t first = options.all || count <= last ? 0 : count - last;
  if (count > 0) console.out << '\n';
  if (first > 0) console.out << console.paint(format("({} older ones: --all)", first), Colour::dim) << '\n';
  for (std::size_t i = first; i < count; ++i) print(answer->decisions[i], console);
  return Exit::done;
}

}  // namespace holdfast::cli
