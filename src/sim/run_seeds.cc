// holdfast-sim run --seeds A..B
#include <cstdio>
#include <ctime>

#include "base/format.h"
#include "sim/command_line.h"
#include "sim/random/trial.h"
#include "sim/scenario/line_reader.h"

namespace holdfast::sim {

namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  std::optional<std::uint32_t> nodes;
  Micros length{600000000};  ///< --hours, default ten minutes of faults
  Faults faults = Faults::all;
  bool trace = false;
  bool bench = false;
  bool print = false;
  bool until_first = false;  ///< ends with the first violation, which is not shrunk
  bool digest = false;       ///< of everything that happened, per seed
  std::string journal;       ///< --journal: where the daemons' journals of the one seed are stored
};

/// `A..B`
bool read_range(const std::string& text, Options& options) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return false;
  const auto first = parse_number(std::string_view(text).substr(0, dots));
  const auto last = parse_number(std::string_view(text).substr(dots + 2));
  if (!first || !last || *last < *first) return false;
  options.first = static_cast<std::uint64_t>(*first);
  options.last = static_cast<std::uint64_t>(*last);
  return true;
}

/// Hours with up to three digits behind the point: `0.25`.
std::optional<Micros> read_hours(const std::string& text) {
  const std::vector<std::string> parts = split_at(text, '.');
  const auto whole = parse_number(parts[0]);
  if (!whole || *whole > 10000 || parts.size() > 2) return std::nullopt;
  std::int64_t thousandths = *whole * 1000;
  if (parts.size() == 2) {
    const auto fraction = parse_number((parts[1] + "00").substr(0, 3));
    if (!fraction || parts[1].size() > 3) return std::nullopt;
    thousandths += *fraction;
  }
  if (thousandths == 0) return std::nullopt;
  return Micros{thousandths * 3600000};
}

bool read_value(const std::string& option, const std::string& value, Options& options) {
  const auto number = parse_number(value);
  if (option == "--journal") {
    options.journal = value;
    return !value.empty();
  }
  if (option == "--seeds") return read_range(value, options);
  if (option == "--seed") {
    options.first = options.last = static_cast<std::uint64_t>(number.value_or(0));
    return number.has_value();
  }
  if (option == "--nodes") {
    options.nodes = static_cast<std::uint32_t>(number.value_or(0));
    return number && *number >= 2 && *number <= 8;
  }
  const auto hours = read_hours(value);
  if (hours) options.length = *hours;
  return hours.has_value();
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& a = arguments[i];
    if (a == "--trace") {
      options.trace = true;
    } else if (a == "--bench") {
      options.bench = true;
    } else if (a == "--poor-network") {
      options.faults = Faults::poor_network;
    } else if (a == "--print") {
      options.print = true;
    } else if (a == "--first") {
      options.until_first = true;
    } else if (a == "--digest") {
      options.digest = true;
    } else if (a != "--seeds" && a != "--seed" && a != "--journal" && a != "--nodes" && a != "--hours") {
      return failure(
          format("there is no option {}; allowed: --seeds A..B, --seed S, --nodes N, --hours H, --poor-network, "
                 "--first, --digest, --trace, --journal FOLDER, --print, --bench",
                 a));
    } else if (i + 1 == arguments.size()) {
      return failure(format("{} needs a value", a));
    } else if (!read_value(a, arguments[++i], options)) {
      return failure(format("{} {}: allowed: --seeds 1..100, --seed 7, --nodes 2 to 8, --hours 0.25", a, arguments[i]));
    }
  }
  if (options.trace && options.first != options.last) return failure("--trace needs --seed S");
  if (!options.journal.empty() && options.first != options.last) return failure("--journal needs --seed S");
  return options;
}

/// To write journals and replay them costs a quarter of a run: of many seeds, every eighth does.
Journals journals_of(const Options& options, std::uint64_t seed) {
  constexpr std::uint64_t every = 8;
  return {options.first == options.last || seed % every == 0, options.journal};
}

void report(std::uint64_t seed, const RandomScenario& scenario, const std::string& violation,
            const Journals& journals) {
  std::puts(format("VIOLATION seed {}: {}", seed, violation).c_str());
  std::fflush(stdout);
  constexpr int tries = 300;
  const RandomScenario small = shrink(scenario, violation, tries, journals);
  const Trial again = try_scenario(small, Trace::no, {journals.checked});
  std::puts(format("# seed {}, shrunk: {}\n{}", seed, again.violation.value_or("gone"), small.text()).c_str());
  std::fflush(stdout);
}

}  // namespace

int run_seeds(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments);
  if (!options) {
    std::fprintf(stderr, "holdfast-sim: %s\n", options.error().text.c_str());
    return 2;
  }
  Trial sum;
  int violations = 0;
  const std::clock_t begin = std::clock();  // processor time: other programs do not count
  for (std::uint64_t seed = options->first; seed <= options->last; ++seed) {
    const RandomScenario scenario = random_scenario(seed, options->nodes, options->length, options->faults);
    if (options->print) std::fputs(scenario.text().c_str(), stdout);
    const Journals journals = journals_of(*options, seed);
    Trial trial = try_scenario(scenario, options->trace ? Trace::yes : Trace::no, journals);
    if (options->faults == Faults::poor_network && trial.failovers > 0 && !trial.violation)
      trial.violation = format("{} failovers although no node failed", trial.failovers);
    sum.node_hours += trial.node_hours;
    sum.failovers += trial.failovers;
    sum.events += trial.events;
    if (options->digest) std::puts(format("{} {:016x}", seed, trial.digest.value).c_str());
    if (!trial.violation) continue;
    ++violations;
    if (options->trace || options->until_first) {
      std::puts(format("VIOLATION seed {}: {}", seed, *trial.violation).c_str());
    } else {
      report(seed, scenario, *trial.violation, journals);
    }
    if (options->until_first) break;
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  if (options->bench)
    std::puts(format("node_hours_per_hour={:.0f} events_per_second={:.0f}", sum.node_hours * 3600 / seconds,
                     static_cast<double>(sum.events) / seconds)
                  .c_str());
  std::puts(format("seeds={} node_hours={:.1f} failovers={} violations={}", options->last - options->first + 1,
                   sum.node_hours, sum.failovers, violations)
                .c_str());
  return violations == 0 ? 0 : 1;
}

}  // namespace holdfast::sim
