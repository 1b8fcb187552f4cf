// holdfast-sim enumerate --nodes 2|3
#include <cstdio>

#include "base/format.h"
#include "sim/command_line.h"
#include "sim/random/enumeration.h"
#include "sim/random/trial.h"
#include "sim/scenario/line_reader.h"

namespace holdfast::sim {

namespace {

struct Options {
  std::uint32_t nodes = 0;
  std::size_t part = 1;  ///< of `parts`, from 1
  std::size_t parts = 1;
  bool first = false;
  bool count = false;
};

/// `I/N`
bool read_part(const std::string& text, Options& options) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return false;
  const auto part = parse_number(std::string_view(text).substr(0, slash));
  const auto parts = parse_number(std::string_view(text).substr(slash + 1));
  if (!part || !parts || *parts < 1 || *parts > 10000 || *part < 1 || *part > *parts) return false;
  options.part = static_cast<std::size_t>(*part);
  options.parts = static_cast<std::size_t>(*parts);
  return true;
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& a = arguments[i];
    const std::string value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (a == "--first") {
      options.first = true;
    } else if (a == "--count") {
      options.count = true;
    } else if (a == "--nodes" && (value == "2" || value == "3")) {
      options.nodes = value == "2" ? 2 : 3;
      ++i;
    } else if (a == "--part" && read_part(value, options)) {
      ++i;
    } else {
      return failure(
          format("enumerate does not know \"{} {}\"; allowed: --nodes 2|3, --part 1/4, --first, --count", a, value));
    }
  }
  if (options.nodes == 0) return failure("enumerate needs --nodes 2 or --nodes 3");
  return options;
}

void report(const RandomScenario& scenario, const std::string& violation) {
  std::puts(format("VIOLATION {}\n{}", violation, scenario.text()).c_str());
  std::fflush(stdout);
}

}  // namespace

int run_enumeration(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments);
  if (!options) {
    std::fprintf(stderr, "holdfast-sim: %s\n", options.error().text.c_str());
    return 2;
  }
  const Enumeration all(options->nodes);
  std::size_t played = 0;
  std::size_t violations = 0;
  Trial sum;
  for (std::size_t i = options->part - 1; i < all.size(); i += options->parts) {
    ++played;
    if (options->count) continue;
    const RandomScenario scenario = all.at(i);
    const Trial trial = try_scenario(scenario, Trace::no);
    sum.node_hours += trial.node_hours;
    sum.failovers += trial.failovers;
    if (!trial.violation) continue;
    ++violations;
    report(scenario, *trial.violation);
    if (options->first) break;
  }
  std::puts(format("sequences={} of {} node_hours={:.1f} failovers={} violations={}", played, all.size(),
                   sum.node_hours, sum.failovers, violations)
                .c_str());
  return violations == 0 ? 0 : 1;
}

}  // namespace holdfast::sim
