// holdfast-sim replay FILE..., and what `holdfast journal` does.
#include <algorithm>
#include <cstdio>

#include "base/format.h"
#include "sim/command_line.h"
#include "sim/journal/files.h"

namespace holdfast::sim {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;
constexpr int refused = 4;
constexpr const char* own_folder = "/var/lib/holdfast/journal";

struct Options {
  bool quiet = false;
  std::vector<std::string> paths;
};

int complain(const std::string& text, int exit_code) {
  std::fprintf(stderr, "holdfast: journal: %s\n", text.c_str());
  return exit_code;
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (const std::string& a : arguments) {
    if (a == "--quiet" || a == "-q")
      options.quiet = true;
    else if (a.starts_with("-"))
      return failure(format("there is no option {}; allowed: --quiet", a));
    else
      options.paths.push_back(a);
  }
  return options;
}

void say(const std::string& line) { std::puts(line.c_str()); }

int tell(const ReplayResult& result) {
  for (const std::string& note : result.notes) say("note: " + note);
  for (const Replayed& node : result.nodes)
    say(format("{}: {} events in {} segments, {} snapshots, {} events missing; holdfast {}", node.head.name,
               node.steps.size(), node.segments, node.snapshots, node.lost, node.head.software));
  if (result.nodes.size() > 1) say(format("{} equal positions of two nodes compared", result.agreement.positions));
  if (result.difference) {
    say(format("{} events replayed, then DIFFERENT: {}", result.events(), *result.difference));
    return failed;
  }
  say(format("{} events replayed, equal", result.events()));
  return 0;
}

int replay(const Options& options) {
  const Result<std::vector<JournalFile>> files = read_journals(options.paths);
  if (!files) return complain(files.error().text, failed);
  JournalStory story;
  const ReplayResult result = replay_journals(*files, options.quiet ? nullptr : &story);
  if (result.refused) return complain(*result.refused, refused);
  for (const std::string& line : story.lines()) say(line);
  return tell(result);
}

/// What a segment holds, without playing it.
struct Contents {
  std::uint64_t events = 0;
  std::uint64_t lost = 0;
  WallTime last;
  std::string end = "whole";
};

Contents contents_of(const JournalFile& file) {
  Contents contents;
  auto reader = wire::JournalReader::open(file.bytes);
  while (true) {
    const auto record = reader->next();
    if (!record) {
      contents.end = record.error().text;
      return contents;
    }
    if (!*record) break;
    if (const auto* step = std::get_if<wire::JournalStep>(&**record)) {
      ++contents.events;
      contents.last = step->wall;
    } else {
      contents.lost += std::get<wire::JournalSnapshot>(**record).lost;
    }
  }
  if (reader->cut_off() > 0) contents.end = format("the last {} bytes are no whole record", reader->cut_off());
  return contents;
}

int list(const Options& options) {
  const Result<std::vector<JournalFile>> files = read_journals(options.paths);
  if (!files) return complain(files.error().text, failed);
  std::size_t width = 4;
  for (const JournalFile& file : *files) width = std::max(width, file.name.size());
  say(format("{:<{}}  {:<24}  {:<24}  {:>7} {:>7}  {:<9} {}", "FILE", width, "BEGUN", "LAST EVENT", "EVENTS", "MISSING",
             "HOLDFAST", "END"));
  for (const JournalFile& file : *files) {
    if (!file.head) {
      say(format("{:<{}}  {}", file.name, width, file.problem->text));
      continue;
    }
    const Contents contents = contents_of(file);
    say(format("{:<{}}  {}  {:<24}  {:>7} {:>7}  {:<9} {}", file.name, width, shown(file.head->begun),
               contents.events > 0 ? shown(contents.last) : "-", contents.events, contents.lost, file.head->software,
               contents.end));
  }
  return 0;
}

}  // namespace

int run_replay(const std::vector<std::string>& arguments) {
  const Result<Options> options = read_options(arguments);
  if (!options) return complain(options.error().text, wrong_usage);
  if (options->paths.empty()) return complain("replay needs at least one file or folder", wrong_usage);
  return replay(*options);
}

int run_journal(const std::vector<std::string>& arguments) {
  const bool named = !arguments.empty() && (arguments[0] == "list" || arguments[0] == "replay");
  if (!arguments.empty() && !named && !arguments[0].starts_with("-"))
    return complain(format("there is no \"{}\"; allowed: list, replay", arguments[0]), wrong_usage);
  Result<Options> options = read_options({arguments.begin() + (named ? 1 : 0), arguments.end()});
  if (!options) return complain(options.error().text, wrong_usage);
  if (options->paths.empty()) options->paths = {own_folder};
  return named && arguments[0] == "replay" ? replay(*options) : list(*options);
}

}  // namespace holdfast::sim
