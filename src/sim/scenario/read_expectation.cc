// The line `expect ...`.
#include "base/format.h"
#include "model/names.h"
#include "sim/scenario/line_reader.h"
#include "sim/scenario/scenario.h"

namespace holdfast::sim {

void read_expectation(LineReader& line, Statement& statement);

namespace {

void expect_log(LineReader& line, Statement& s) {
  s.quoted = line.quoted("the text to look for");
  if (line.take("on")) s.on = line.node();
  if (s.expectation == Expectation::log && line.take("within")) s.duration = line.time("a time");
}

void expect_view(LineReader& line, Statement& s) {
  s.expectation = Expectation::view;
  while (line.next_is_node()) s.nodes.push_back(line.node());
  if (s.nodes.empty()) s.nodes.push_back(line.node());
  line.expect_word("on");
  s.on = line.node();
}

void expect_node(LineReader& line, Statement& s) {
  s.nodes = {line.node()};
  const std::string word = line.word("up, down, fenced or reset");
  s.expectation = word == "up"       ? Expectation::up
                  : word == "fenced" ? Expectation::fenced
                  : word == "reset"  ? Expectation::reset
                                     : Expectation::down;
  if (s.expectation == Expectation::down && word != "down")
    line.fail(format("\"{}\" is not a node's state; allowed: up, down, fenced, reset", word));
}

void expect_state(LineReader& line, Statement& s) {
  const std::string word = line.word("a state");
  s.unprotected = word == "unprotected";
  const auto state = value_named<ResourceState>(s.unprotected ? "in-service" : word);
  if (!state)
    return line.fail(
        format("\"{}\" is not a state; allowed: in-service, unprotected, out-of-service, failed, unknown, starting, "
               "stopping, recovering",
               word));
  s.wanted_state = *state;
  if (*state == ResourceState::in_service && line.take("nowhere")) {
    s.expectation = Expectation::nowhere;
  } else if (*state == ResourceState::in_service && line.take("nowhere-else")) {
    s.expectation = Expectation::nowhere_else;
  } else if (line.take("on")) {
    for (const std::string& name : split_at(line.word("a node"), ',')) {
      LineReader one({Word{name, false}}, line.config());
      s.nodes.push_back(one.node());
      if (one.error()) line.fail(*one.error());
    }
  }
}

/// `OP of R on N [before OP of S on M]`, after `no` if `none`.
void expect_operation(LineReader& line, Statement& s, bool none) {
  s.operation = line.operation();
  line.expect_word("of");
  s.resource = line.resource();
  line.expect_word("on");
  s.nodes = {line.node()};
  s.expectation = none ? Expectation::no_operation : Expectation::before;
  if (none) return;
  line.expect_word("before");
  s.other_operation = line.operation();
  line.expect_word("of");
  s.other_resource = line.resource();
  line.expect_word("on");
  s.nodes.push_back(line.node());
}

}  // namespace

void read_expectation(LineReader& line, Statement& s) {
  if (line.take("log")) {
    s.expectation = Expectation::log;
    return expect_log(line, s);
  }
  if (line.take("no")) {
    if (!line.take("log")) return expect_operation(line, s, true);
    s.expectation = Expectation::no_log;
    return expect_log(line, s);
  }
  if (line.take("view")) return expect_view(line, s);
  if (line.take("refused")) {
    s.expectation = Expectation::refused;
  } else if (line.take("never")) {
    s.expectation = Expectation::never_twice;
    s.resource = line.resource();
    line.expect_word("twice");
  } else if (line.take("outage")) {
    s.expectation = Expectation::outage_below;
    line.expect_word("of");
    s.resource = line.resource();
    line.expect_word("below");
    s.duration = line.time("a time");
  } else if (line.take("quorum")) {
    s.expectation = Expectation::quorum;
    s.flag = line.take("yes");
    if (!s.flag) line.expect_word("no");
    line.expect_word("on");
    s.on = line.node();
  } else if (line.next_is_node()) {
    expect_node(line, s);
  } else if (line.next_is_resource()) {
    s.resource = line.resource();
    expect_state(line, s);
  } else {
    expect_operation(line, s, false);
  }
}

}  // namespace holdfast::sim
