#include "base/format.h"
#include "sim/scenario/line_reader.h"
#include "simulate/command_line.h"

namespace holdfast::simulate {

namespace {

bool is_fault(const std::string& word) {
  return word == "node-dies" || word == "isolate" || word == "link-fails" || word == "split" ||
         word == "resource-fails";
}

Result<void> take_value(Options& options, const std::string& word, const std::string& value) {
  if (is_fault(word)) {
    options.faults.emplace_back(word, value);
  } else if (word == "input") {
    options.input = value;
  } else if (word == "config") {
    options.config = value;
  } else if (word == "scenario") {
    options.scenario = value;
  } else if (word == "after") {
    options.after = sim::parse_time(value);
    if (!options.after) return failure(format("--after {} is not a time; allowed: for example 300ms, 5s", value));
  } else if (word == "rows") {
    const auto rows = sim::parse_number(value);
    if (!rows) return failure(format("--rows {} is not a number; 0: all", value));
    options.rows = static_cast<std::size_t>(*rows);
  } else {
    return failure(format(
        "there is no option --{}; allowed: --node-dies NODE, --isolate NODE, --link-fails N[:A-B], --split "
        "A,B/C, --resource-fails R[:cannot-stop|:recovers|:cannot-start-on=NODE], --after TIME, --scenario FILE, "
        "--matrix, --rows N, --config FILE, --json",
        word));
  }
  return {};
}

}  // namespace

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& a = arguments[i];
    if (a == "--matrix") {
      options.matrix = true;
    } else if (a == "--json") {
      options.json = true;
    } else if (!a.starts_with("--")) {
      return failure(format("\"{}\" is not an option; a fault is, for example, --node-dies NODE", a));
    } else {
      const std::size_t sign = a.find('=');
      const bool joined = sign != std::string::npos;
      const std::string word = a.substr(2, joined ? sign - 2 : std::string::npos);
      if (!joined && i + 1 >= arguments.size()) {
        if (auto known = take_value(options, word, "0"); !known && !is_fault(word))
          return tl::unexpected(known.error());
        return failure(format("--{} needs a value", word));
      }
      const std::string value = joined ? a.substr(sign + 1) : arguments[++i];
      if (auto taken = take_value(options, word, value); !taken) return tl::unexpected(taken.error());
    }
  }
  const int kinds = (options.matrix ? 1 : 0) + (options.scenario.empty() ? 0 : 1) + (options.faults.empty() ? 0 : 1);
  if (kinds == 0) return failure("say what happens: faults such as --node-dies NODE, or --scenario FILE, or --matrix");
  if (kinds > 1) return failure("faults, --scenario and --matrix exclude each other");
  if (options.input.empty() == options.config.empty()) return failure("either --input or --config is needed");
  return options;
}

}  // namespace holdfast::simulate
