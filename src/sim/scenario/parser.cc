#include <algorithm>
#include <array>

#include "base/format.h"
#include "model/names.h"
#include "sim/scenario/line_reader.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/setup.h"

namespace holdfast::sim {

void read_expectation(LineReader& line, Statement& statement);

namespace {

constexpr std::array<std::string_view, 1> later_commands = {"steal"};

void read_request(LineReader& line, Statement& s) {
  s.resource = line.resource();
  if (s.verb == Verb::switchover || s.verb == Verb::resolve) {
    line.expect_word("to");
    s.on = line.node();
    if (line.take("force")) s.force = Force::yes;
  } else if (line.take("on")) {
    s.on = line.node();
  } else if (s.verb == Verb::start) {
    line.expect_word("on");
  }
}

void read_network(LineReader& line, Statement& s) {
  s.nodes = {line.node(), line.node()};
  if (s.nodes[0] == s.nodes[1]) line.fail("a pair needs two different nodes");
  if (s.verb == Verb::lossy) {
    std::string percent = line.word("a percentage");
    if (percent.ends_with('%')) percent.pop_back();
    const auto value = parse_number(percent);
    if (!value || *value > 100) line.fail(format("\"{}\" is not a percentage; allowed: 0% to 100%", percent));
    s.number = static_cast<int>(std::min<std::int64_t>(value.value_or(0), 100));
  } else if (s.verb == Verb::jitter) {
    s.duration = line.time("a jitter");
  } else if (s.verb == Verb::delay) {
    s.duration = line.time("a delay");
  } else if (s.verb != Verb::close_port) {
    if (line.take("link")) s.link = LinkIndex{static_cast<std::uint32_t>(line.number("a link", 0, 7))};
    if (s.verb == Verb::cut && line.take("oneway")) s.direction = Direction::forward;
  }
}

void read_fault(LineReader& line, Statement& s) {
  s.resource = line.resource();
  line.expect_word("on");
  s.nodes = {line.node()};
  if (s.verb == Verb::die || s.verb == Verb::appear) return;
  s.operation = line.operation();
  if (s.verb == Verb::fail && line.take("times")) s.number = static_cast<int>(line.number("a count", 1, 1000000));
  if (s.verb == Verb::hang && !line.at_end()) s.duration = line.time("a time");
}

/// `ahead D`, `behind D`, `right`
void read_clock(LineReader& line, Statement& s) {
  s.duration = Micros{0};
  if (line.take("ahead"))
    s.duration = line.time("a time");
  else if (line.take("behind"))
    s.duration = Micros{0} - line.time("a time");
  else
    line.expect_word("right");
}

void read_node_command(LineReader& line, Statement& s) {
  s.nodes = {line.node()};
  if (s.verb == Verb::pause || s.verb == Verb::pause_daemon) s.duration = line.time("a time");
  if (s.verb == Verb::stop_node) s.flag = line.take("keep-resources");
  if (s.verb == Verb::confirm) {
    s.flag = line.take("yes");
    if (!s.flag) line.expect_word("no");
  }
  if (s.verb == Verb::clock) read_clock(line, s);
  if (s.verb != Verb::disk) return;
  if (line.take("full"))
    s.disk = DiskHealth::full;
  else if (line.take("hangs"))
    s.disk = DiskHealth::hanging;
  else
    line.expect_word("ok");
}

/// One of two words; true for the first.
bool read_switch(LineReader& line, std::string_view on, std::string_view off) {
  if (line.take(on)) return true;
  line.expect_word(off);
  return false;
}

void read_guard(LineReader& line, Statement& s) {
  if (s.verb == Verb::witness) {
    const std::vector<std::string> names = SimGuards::witness_names(line.config().quorum.kind);
    s.quoted = line.word("a witness");
    if (std::find(names.begin(), names.end(), s.quoted) == names.end())
      line.fail(format("\"{}\" is not a witness; allowed: {} (by set quorum=...)", s.quoted,
                       names.empty() ? "none" : format("{}", fmt::join(names, ", "))));
    s.flag = read_switch(line, "up", "down");
    return;
  }
  s.nodes = {line.node()};
  if (s.verb == Verb::watchdog) {
    s.flag = read_switch(line, "on", "off");
  } else if (line.take("fail")) {
    s.fence = FenceHealth::fail;
  } else if (line.take("hang")) {
    s.fence = FenceHealth::hang;
  } else {
    line.expect_word("ok");
  }
}

/// `maintenance on|off [NODE|RESOURCE]`
void read_maintenance(LineReader& line, Statement& s) {
  s.flag = line.take("on");
  if (!s.flag) line.expect_word("off");
  if (line.at_end()) return;
  if (line.next_is_node())
    s.on = line.node();
  else
    s.resource = line.resource();
}

void read_run(LineReader& line, Statement& s) {
  if (line.take("until")) {
    line.expect_word("stable");
    s.verb = Verb::run_until_stable;
  } else {
    s.duration = line.time("a time");
  }
}

struct Command {
  std::string_view word;
  Verb verb;
  void (*read)(LineReader&, Statement&);
};

constexpr std::array<Command, 33> commands = {{
    {"start", Verb::start, read_request},
    {"stop", Verb::stop, read_request},
    {"switchover", Verb::switchover, read_request},
    {"run", Verb::run, read_run},
    {"crash", Verb::crash, read_node_command},
    {"boot", Verb::boot, read_node_command},
    {"stop-node", Verb::stop_node, read_node_command},
    {"pause", Verb::pause, read_node_command},
    {"pause-daemon", Verb::pause_daemon, read_node_command},
    {"kill-daemon", Verb::kill_daemon, read_node_command},
    {"kill-engine", Verb::kill_engine, read_node_command},
    {"cut", Verb::cut, read_network},
    {"close-port", Verb::close_port, read_network},
    {"heal", Verb::heal, read_network},
    {"isolate", Verb::isolate, read_node_command},
    {"lossy", Verb::lossy, read_network},
    {"delay", Verb::delay, read_network},
    {"jitter", Verb::jitter, read_network},
    {"die", Verb::die, read_fault},
    {"appear", Verb::appear, read_fault},
    {"fail", Verb::fail, read_fault},
    {"hang", Verb::hang, read_fault},
    {"succeed", Verb::succeed, read_fault},
    {"disk", Verb::disk, read_node_command},
    {"fence-agent", Verb::fence_agent, read_guard},
    {"witness", Verb::witness, read_guard},
    {"watchdog", Verb::watchdog, read_guard},
    {"maintenance", Verb::maintenance, read_maintenance},
    {"confirm", Verb::confirm, read_node_command},
    {"confirm-off", Verb::confirm_off, read_node_command},
    {"resolve", Verb::resolve, read_request},
    {"clock", Verb::clock, read_node_command},
    {"expect", Verb::expect, read_expectation},
}};

void read_command(LineReader& line, const std::string& word, Statement& statement) {
  for (const Command& c : commands)
    if (c.word == word) {
      statement.verb = c.verb;
      if (c.verb == Verb::heal && line.take("all")) {
        statement.verb = Verb::heal_all;
      } else {
        c.read(line, statement);
      }
      return line.finish();
    }
  for (const std::string_view later : later_commands)
    if (later == word) return line.fail(format("{} is not supported yet", word));
  std::string known = "cluster, set, resource, node";
  for (const Command& c : commands) known += format(", {}", c.word);
  line.fail(format("there is no command \"{}\"; allowed: {}", word, known));
}

bool read_setup(LineReader& line, const std::string& word, Setup& setup) {
  if (word != "cluster" && word != "set" && word != "resource" && word != "node") return false;
  if (setup.is_given()) {
    line.fail(format("{}: the cluster is the given one; only commands are allowed here", word));
  } else if (word == "cluster") {
    setup.cluster(line);
  } else if (!setup.has_cluster()) {
    line.fail("the first line is: cluster NODE...");
  } else if (word == "set") {
    setup.set(line);
  } else if (word == "resource") {
    setup.resource(line);
  } else {
    setup.node(line);
  }
  return true;
}

/// After the first command these lines are a live change; those that follow each other are one (V9).
bool is_live(const std::string& word, const Scenario& scenario) {
  if (word == "config" || word == "policy") return true;
  return !scenario.statements.empty() && (word == "set" || word == "resource" || word == "node");
}

void read_live(LineReader& line, const std::string& word, Statement statement, Setup& setup, Scenario& scenario) {
  if (scenario.statements.empty() || scenario.statements.back().verb != Verb::apply) {
    statement.verb = Verb::apply;
    statement.order = std::make_shared<ConfigOrder>();
    statement.order->patch.before = setup.config();
    scenario.statements.push_back(std::move(statement));
  }
  setup.live(line, word, *scenario.statements.back().order);
}

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
}

/// One line; an error text, or nothing.
std::optional<std::string> read_line(std::string_view text, std::size_t number, Setup& setup, Scenario& scenario) {
  auto words = split_line(text);
  if (!words) return words.error().text;
  if (words->empty()) return std::nullopt;
  LineReader line(std::move(*words), setup.everything());
  const std::string word = line.word("a command");
  const bool live = is_live(word, scenario);
  if (live || !read_setup(line, word, setup)) {
    if (!setup.has_cluster()) return "the first line is: cluster NODE...";
    Statement statement;
    statement.line = number;
    statement.text = trimmed(text.substr(0, text.find(" #")));
    if (live) {
      read_live(line, word, std::move(statement), setup, scenario);
      return line.error();
    }
    read_command(line, word, statement);
    scenario.statements.push_back(std::move(statement));
  }
  return line.error();
}

}  // namespace

namespace {

Result<Scenario> parse(std::string_view text, Setup setup) {
  constexpr std::size_t most_lines = 100000;
  Scenario scenario;
  std::size_t number = 0;
  while (!text.empty() && number < most_lines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (scenario.story) {
      scenario.story->emplace_back(line);
    } else if (line == "----") {
      scenario.story.emplace();
    } else {
      scenario.source += std::string(line) + "\n";
      if (const auto error = read_line(line, number, setup, scenario))
        return failure(format("line {}: {}", number, *error));
    }
  }
  if (const auto error = setup.finish()) return failure(format("line {}: {}", number, *error));
  scenario.world = setup.world();
  return scenario;
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text) { return parse(text, Setup()); }

Result<Scenario> parse_commands(std::string_view text, WorldSettings world) {
  return parse(text, Setup(std::move(world)));
}

}  // namespace holdfast::sim
