// holdfast-sim scenario FILE...
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/format.h"
#include "sim/command_line.h"
#include "sim/journal/check.h"
#include "sim/scenario/player.h"
#include "sim/trace_digest.h"

namespace holdfast::sim {

namespace {

struct Options {
  bool rewrite = false;
  bool trace = false;
  bool digest = false;
  std::vector<std::string> files;
};

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (const std::string& a : arguments) {
    if (a == "--rewrite") {
      options.rewrite = true;
    } else if (a == "--trace") {
      options.trace = true;
    } else if (a == "--digest") {
      options.digest = true;
    } else if (a.starts_with("-")) {
      return failure(format("there is no option {}; allowed: --rewrite, --trace, --digest", a));
    } else {
      options.files.push_back(a);
    }
  }
  if (options.files.empty()) return failure("scenario needs at least one file");
  return options;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || file.bad()) return failure("cannot be read");
  return text.str();
}

std::optional<std::string> rewrite(const std::string& path, const Scenario& scenario,
                                   const std::vector<std::string>& story) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << scenario.source << "----\n";
  for (const std::string& line : story) file << line << "\n";
  file.flush();
  if (!file) return "cannot be written";
  return std::nullopt;
}

std::optional<std::string> play_file(const std::string& path, const Options& options) {
  const auto text = read_file(path);
  if (!text) return text.error().text;
  const auto scenario = parse_scenario(*text);
  if (!scenario) return scenario.error().text;
  Player player(*scenario, {.keep_journals = true, .print = options.trace ? Story::Print::yes : Story::Print::no});
  TraceDigest digest(player.world());
  player.world().observe(digest);
  if (const auto failed = player.play()) return failed;
  if (const auto difference = journal_difference(player.world())) return "journal: " + *difference;
  if (options.digest) std::puts(format("{} {:016x}", path, digest.value().value).c_str());
  if (options.trace) return std::nullopt;  // a trace tells more than a story
  if (options.rewrite) return rewrite(path, *scenario, player.story());
  return player.story_difference();
}

}  // namespace

int run_scenarios(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments);
  if (!options) {
    std::fprintf(stderr, "holdfast-sim: %s\n", options.error().text.c_str());
    return 2;
  }
  int failed = 0;
  for (const std::string& path : options->files) {
    const auto failure = play_file(path, *options);
    if (failure) ++failed;
    std::puts(failure ? format("FAIL {}: {}", path, *failure).c_str() : format("ok {}", path).c_str());
  }
  std::puts(format("{} passed, {} failed", options->files.size() - failed, failed).c_str());
  return failed == 0 ? 0 : 1;
}

}  // namespace holdfast::sim
