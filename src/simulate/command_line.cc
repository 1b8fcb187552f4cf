#include "simulate/command_line.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/format.h"
#include "config/read.h"
#include "sim/command_line.h"
#include "simulate/answers.h"
#include "simulate/world_play.h"
#include "wire/codec.h"

namespace holdfast::simulate {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

int complain(const std::string& text, int exit_code) {
  std::fprintf(stderr, "holdfast: simulate: %s\n", text.c_str());
  return exit_code;
}

Result<std::string> read_all(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(path, std::ios::binary);
  text << file.rdbuf();
  if (!file || file.bad()) return failure(format("{} cannot be read", path));
  return text.str();
}

Result<Present> read_present(const Options& options) {
  if (options.config.empty()) {
    const Result<std::string> bytes = read_all(options.input);
    if (!bytes) return tl::unexpected(bytes.error());
    Result<SimulationInput> input = wire::decode_simulation(*bytes);
    if (!input) return tl::unexpected(input.error());
    return present_of(std::move(*input));
  }
  const config::ReadOutcome read = config::read_config_file(options.config);
  for (const config::Problem& problem : read.problems) std::fprintf(stderr, "%s\n", config::to_line(problem).c_str());
  if (!read.config) return failure(format("{} is not a configuration that can be used", options.config));
  return present_of(everything_at_home(*read.config));
}

int print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? 0 : failed;
}

int simulate_faults(const Options& options, const Present& present) {
  std::vector<Fault> faults;
  for (const auto& [word, argument] : options.faults) {
    const Result<Fault> fault = parse_fault(word, argument, *present.config);
    if (!fault) return complain(format("--{}: {}", word, fault.error().text), wrong_usage);
    faults.push_back(*fault);
  }
  const Rehearsal rehearsal = rehearse(present, faults, options.after);
  return print(options.json ? json_of(rehearsal, present) : text_of(rehearsal, present));
}

int simulate_scenario(const Options& options, const Present& present) {
  const Result<std::string> commands = read_all(options.scenario);
  if (!commands) return complain(commands.error().text, wrong_usage);
  const Result<Rehearsal> rehearsal = play_scenario(present, *commands);
  if (!rehearsal) return complain(format("{}: {}", options.scenario, rehearsal.error().text), failed);
  return print(options.json ? json_of(*rehearsal, present) : text_of(*rehearsal, present));
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments[0] == "journal")
    return sim::run_journal({arguments.begin() + 1, arguments.end()});
  const Result<Options> options = read_options(arguments);
  if (!options) return complain(options.error().text, wrong_usage);
  const Result<Present> present = read_present(*options);
  if (!present) return complain(present.error().text, options->config.empty() ? failed : wrong_usage);
  if (!options->scenario.empty()) return simulate_scenario(*options, *present);
  if (!options->matrix) return simulate_faults(*options, *present);
  const Matrix matrix = make_matrix(*present);
  return print(options->json ? json_of(matrix, *present) : text_of(matrix, *present, options->rows));
}

}  // namespace holdfast::simulate
