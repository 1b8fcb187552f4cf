// holdfast-sim sweep FILE...: one more fault at every position of what a scenario's last line sets off (E4).
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "base/format.h"
#include "sim/command_line.h"
#include "sim/random/trial.h"
#include "sim/scenario/line_reader.h"
#include "sim/scenario/player.h"

namespace holdfast::sim {

namespace {

constexpr std::array<const char*, 8> faults = {"kill-daemon {}", "pause-daemon {} 3s", "pause-daemon {} 20s",
                                               "kill-engine {}", "pause {} 3s",        "crash {}",
                                               "disk {} full",   "disk {} hangs"};

struct Options {
  std::size_t every = 1;
  std::vector<std::string> files;
};

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--every" && i + 1 < arguments.size()) {
      const auto number = parse_number(arguments[++i]);
      if (!number || *number < 1) return failure(format("--every {}: allowed: 1, 2, ...", arguments[i]));
      options.every = static_cast<std::size_t>(*number);
    } else if (arguments[i].starts_with("-")) {
      return failure(format("there is no option {}; allowed: --every N", arguments[i]));
    } else {
      options.files.push_back(arguments[i]);
    }
  }
  if (options.files.empty()) return failure("sweep needs at least one file");
  return options;
}

/// Every moment at which something could be seen.
class Moments final : public WorldObserver {
 public:
  explicit Moments(const World& world) : world_(world) {}
  std::set<Instant> times;

  void on_step(NodeId, const Event&, const Outcome&, const ClusterState&) override { note(); }
  void on_operation_begin(NodeId, const ResourceName&, OperationKind) override { note(); }
  void on_operation_end(NodeId, const ResourceName&, OperationKind, const OperationResult&) override { note(); }
  void on_running(NodeId, const ResourceName&, bool, const char*) override { note(); }
  void on_ring(NodeId, const std::vector<NodeId>&) override { note(); }
  void on_log(NodeId, const LogLine&) override { note(); }
  void on_happening(NodeId, const std::string&) override { note(); }

 private:
  void note() { times.insert(world_.now()); }
  const World& world_;
};

/// A scenario without its expectations, taken apart.
RandomScenario take_apart(const std::string& text, const ClusterConfig& config) {
  RandomScenario parts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && line != "----";) {
    const std::string word = line.substr(0, line.find(' '));
    if (word.empty() || word == "expect" || word.starts_with("#")) continue;
    const bool setup = word == "cluster" || word == "set" || word == "resource" || word == "node";
    (setup ? parts.setup : parts.middle).push_back(line);
  }
  parts.end = {"heal all"};
  for (const NodeConfig& node : config.nodes) parts.end.push_back(format("disk {} ok", node.name));
  parts.end.push_back("run 30s");
  for (const NodeConfig& node : config.nodes) parts.end.push_back("boot " + node.name);
  parts.end.insert(parts.end.end(), {"run 30s", "run until stable"});
  return parts;
}

/// Times after the last line, in microseconds: right before, right after, and half-way between all that can be seen.
Result<std::vector<std::int64_t>> positions(const RandomScenario& parts) {
  const auto scenario = parse_scenario(parts.text());
  if (!scenario) return tl::unexpected(scenario.error());
  RandomScenario before = parts;
  before.end.clear();
  const auto beginning = parse_scenario(before.text());
  if (!beginning) return tl::unexpected(beginning.error());
  Player first(*beginning, {.keep_record = false, .keep_story = false});
  if (const auto failed = first.play()) return failure(*failed);
  const Instant begin = first.world().now();

  before.end = {"run until stable"};
  const auto whole = parse_scenario(before.text());
  Player player(*whole, {.keep_record = false, .keep_story = false});
  Moments moments(player.world());
  player.world().observe(moments);
  if (const auto failed = player.play()) return failure(*failed);
  std::set<std::int64_t> result;
  std::int64_t last = 0;
  for (const Instant time : moments.times) {
    const std::int64_t at = (time - begin).count();
    if (at < 0) continue;
    result.insert({std::max<std::int64_t>(at - 1, 1), at + 1, std::max<std::int64_t>((last + at) / 2, 1)});
    last = at;
  }
  return std::vector<std::int64_t>(result.begin(), result.end());
}

struct Count {
  std::size_t runs = 0;
  std::size_t violations = 0;
};

void play_all(const RandomScenario& parts, const std::vector<std::int64_t>& times, const ClusterConfig& config,
              std::size_t every, Count& count) {
  std::size_t turn = 0;
  for (const std::int64_t at : times)
    for (const char* fault : faults)
      for (const NodeConfig& node : config.nodes) {
        if (turn++ % every != 0) continue;
        RandomScenario one = parts;
        one.middle.push_back(format("run {}us", at));
        one.middle.push_back(fmt::format(fmt::runtime(fault), node.name));
        const Trial trial = try_scenario(one, Trace::no);
        ++count.runs;
        if (!trial.violation) continue;
        ++count.violations;
        std::puts(format("# {}\n{}", *trial.violation, one.text()).c_str());
        std::fflush(stdout);
      }
}

std::optional<std::string> sweep(const std::string& path, std::size_t every) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return "cannot be read";
  const auto scenario = parse_scenario(text.str());
  if (!scenario) return scenario.error().text;
  const ClusterConfig& config = *scenario->world.config;
  const RandomScenario parts = take_apart(text.str(), config);
  const auto times = positions(parts);
  if (!times) return times.error().text;
  Count count;
  play_all(parts, *times, config, every, count);
  std::puts(
      format("{}: positions={} runs={} violations={}", path, times->size(), count.runs, count.violations).c_str());
  if (count.violations != 0) return format("{} violations", count.violations);
  return std::nullopt;
}

}  // namespace

int run_sweep(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments);
  if (!options) {
    std::fprintf(stderr, "holdfast-sim: %s\n", options.error().text.c_str());
    return 2;
  }
  int failed = 0;
  for (const std::string& path : options->files) {
    const auto wrong = sweep(path, options->every);
    if (!wrong) continue;
    std::puts(format("FAIL {}: {}", path, *wrong).c_str());
    failed = 1;
  }
  return failed;
}

}  // namespace holdfast::sim
