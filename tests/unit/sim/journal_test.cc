// Journals of simulated daemons: they replay equal, and whatever is changed in one of them is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>

#include "sim/journal/check.h"
#include "sim/scenario/player.h"
#include "wire/versions.h"

namespace holdfast::sim {
namespace {

constexpr const char* story =
    "cluster alpha beta gamma\n"
    "resource ip agent=ip\n"
    "resource db agent=script depends_on=ip\n"
    "start db on alpha\n"
    "run until stable\n"
    "crash alpha\n"
    "run until stable\n"
    "boot alpha\n"
    "run until stable\n"
    "switchover db to alpha\n"
    "run until stable\n";

struct JournalReplay : testing::Test {
  JournalReplay() : scenario(*parse_scenario(story)), player(scenario, {.keep_journals = true}) {
    EXPECT_EQ(player.play(), std::nullopt);
    files = journals_of(player.world());
  }

  std::string difference() const {
    const ReplayResult result = replay_journals(files, nullptr);
    return result.refused.value_or(result.difference.value_or("equal"));
  }
  JournalFile& file(const std::string& name) {
    for (JournalFile& f : files)
      if (f.name == name) return f;
    throw std::out_of_range(name);
  }
  /// The contents of all records of a segment, changed and put together again.
  void rewrite(JournalFile& file, const std::function<void(std::vector<std::string>&)>& change) {
    const std::string header = wire::journal_header(*file.head);
    std::vector<std::string> contents;
    constexpr std::size_t before = 20;
    for (std::size_t at = header.size(); at + before <= file.bytes.size();) {
      std::uint32_t length = 0;
      std::memcpy(&length, file.bytes.data() + at, sizeof length);
      if (at + before + length > file.bytes.size()) break;
      contents.push_back(file.bytes.substr(at + before, length));
      at += before + length;
    }
    change(contents);
    file.bytes = header;
    std::uint64_t number = 0;
    for (const std::string& content : contents) file.bytes += wire::journal_record(++number, content);
  }
  /// Record 2 + `index` as a step, changed.
  void change_step(JournalFile& file, std::size_t index, const std::function<void(wire::JournalStep&)>& change) {
    auto reader = wire::JournalReader::open(file.bytes);
    wire::JournalStep step;
    for (std::size_t i = 0; i <= index + 1; ++i) {
      auto record = reader->next();
      ASSERT_TRUE(record && *record) << i;
      if (i == index + 1) step = std::get<wire::JournalStep>(std::move(**record));
    }
    change(step);
    rewrite(file, [&](std::vector<std::string>& contents) { contents[index + 1] = wire::encode_step(step); });
  }

  Scenario scenario;
  Player player;
  std::vector<JournalFile> files;
};

TEST_F(JournalReplay, ComesOutEqualOnAllNodes) {
  const ReplayResult result = replay_journals(files, nullptr);
  EXPECT_EQ(result.difference, std::nullopt);
  EXPECT_EQ(result.refused, std::nullopt);
  ASSERT_EQ(result.nodes.size(), 3U);
  EXPECT_EQ(result.nodes[0].segments, 2U) << "two lives";
  EXPECT_GT(result.agreement.positions, 30U);
  EXPECT_GT(result.events(), 40U);
  ASSERT_FALSE(result.notes.empty()) << "power went off while alpha wrote";
  EXPECT_NE(result.notes[0].find("no whole record"), std::string::npos) << result.notes[0];
}

TEST_F(JournalReplay, TellsTheSameStoryAsTheRun) {
  JournalStory replayed;
  replay_journals(files, &replayed);
  const std::vector<std::string> lines = replayed.lines();
  int decisions = 0;
  for (const std::string& line : player.story()) {
    const std::size_t words = line.find("decides N4");
    if (words == std::string::npos) continue;
    ++decisions;
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [&](const std::string& l) {
      return l.ends_with(line.substr(words));
    })) << line;
  }
  EXPECT_GE(decisions, 2);
  EXPECT_TRUE(lines.front().starts_with("2026-01-01T00:00:0")) << lines.front();
}

TEST_F(JournalReplay, FindsAnotherOutcome) {
  change_step(file("beta-0000000001.journal"), 10, [](wire::JournalStep& step) { ++step.outcome.value; });
  EXPECT_NE(difference().find("beta-0000000001.journal: record 12: position"), std::string::npos) << difference();
  EXPECT_NE(difference().find("the outcome is"), std::string::npos) << difference();
}

TEST_F(JournalReplay, FindsAnotherState) {
  change_step(file("beta-0000000001.journal"), 10, [](wire::JournalStep& step) { ++step.state->value; });
  EXPECT_NE(difference().find("the state is"), std::string::npos) << difference();
}

TEST_F(JournalReplay, FindsAChangedEvent) {
  JournalFile& beta = file("beta-0000000001.journal");
  const std::vector<JournalFile> whole = files;
  std::size_t changed = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    change_step(beta, i, [&](wire::JournalStep& step) {
      if (auto* fact = std::get_if<ResourceChanged>(&step.event)) {
        fact->fact.state = fact->fact.state == ResourceState::failed ? ResourceState::unknown : ResourceState::failed;
        ++changed;
      }
    });
    if (changed > 0) break;
  }
  ASSERT_EQ(changed, 1U);
  EXPECT_NE(difference(), "equal");
}

TEST_F(JournalReplay, FindsAnEventThatIsMissing) {
  rewrite(file("beta-0000000001.journal"),
          [](std::vector<std::string>& contents) { contents.erase(contents.begin() + 5); });
  EXPECT_NE(difference().find("after position"), std::string::npos) << difference();
}

TEST_F(JournalReplay, FindsASnapshotThatDoesNotFollow) {
  // A second snapshot of the beginning, behind the events.
  rewrite(file("gamma-0000000001.journal"),
          [](std::vector<std::string>& contents) { contents.push_back(contents[0]); });
  EXPECT_EQ(difference(), "equal") << "the first one begins a life: it need not follow";
  const wire::JournalHead head = *file("gamma-0000000001.journal").head;
  auto reader = wire::JournalReader::open(file("gamma-0000000001.journal").bytes);
  auto first = std::get<wire::JournalSnapshot>(**reader->next());
  Replay replay;
  replay.play("gamma", head, *reader);
  EXPECT_NE(replay.result().difference->find("without a snapshot"), std::string::npos);
}

/// The longest epoch that both know: its steps in beta's journal.
std::vector<ReplayedStep*> shared_epoch(std::vector<Replayed>& nodes) {
  std::map<Epoch, std::vector<ReplayedStep*>> epochs;
  std::map<wire::JournalPosition, int> known;
  for (ReplayedStep& step : nodes[2].steps) ++known[step.position];
  for (ReplayedStep& step : nodes[1].steps)
    if (known.contains(step.position)) epochs[step.position.epoch].push_back(&step);
  std::vector<ReplayedStep*> longest;
  for (const auto& [epoch, steps] : epochs)
    if (steps.size() > longest.size()) longest = steps;
  return longest;
}

TEST_F(JournalReplay, FindsNodesThatDoNotAgree) {
  std::vector<Replayed> nodes = replay_journals(files, nullptr).nodes;
  ASSERT_EQ(agreement_of(nodes).difference, std::nullopt);
  const std::vector<ReplayedStep*> steps = shared_epoch(nodes);
  ASSERT_GT(steps.size(), 3U);
  ++steps[2]->state->value;
  EXPECT_NE(agreement_of(nodes).difference.value_or("").find("the same events lead to different states"),
            std::string::npos);
  --steps[2]->state->value;
  ++steps[2]->outcome.value;
  EXPECT_NE(agreement_of(nodes).difference.value_or("").find("different outcomes"), std::string::npos);
}

TEST_F(JournalReplay, AllowsTheSidesOfACutTheirLastEventsOnly) {
  std::vector<Replayed> nodes = replay_journals(files, nullptr).nodes;
  const std::vector<ReplayedStep*> steps = shared_epoch(nodes);
  ASSERT_GT(steps.size(), 3U);
  for (ReplayedStep* step : steps) step->wall = steps[0]->wall;
  ++steps.back()->event.value;
  EXPECT_EQ(agreement_of(nodes).difference, std::nullopt);
  EXPECT_NE(agreement_of(nodes).notes.at(0).find("the sides of a cut"), std::string::npos);
  --steps.back()->event.value;
  ++steps[1]->event.value;
  steps.back()->wall.millis += 10'000;
  EXPECT_NE(agreement_of(nodes).difference.value_or("").find("different events from position 1"), std::string::npos);
}

TEST_F(JournalReplay, OneSideOfACutMayHaveClosedTheSyncAlone) {
  std::vector<Replayed> nodes = replay_journals(files, nullptr).nodes;
  const std::vector<ReplayedStep*> steps = shared_epoch(nodes);
  ASSERT_EQ(steps[0]->position.number, 0U);
  for (Replayed& node : nodes)
    for (ReplayedStep& step : node.steps) step.wall = steps[0]->wall;
  ++steps[0]->event.value;
  EXPECT_EQ(agreement_of(nodes).difference, std::nullopt);
  steps.back()->wall.millis += 10'000;
  EXPECT_NE(agreement_of(nodes).difference.value_or("").find("different events from position 0"), std::string::npos);
}

TEST_F(JournalReplay, AViewEndsAsSlowlyAsItsTokenIsLost) {
  std::vector<Replayed> nodes = replay_journals(files, nullptr).nodes;
  const std::vector<ReplayedStep*> steps = shared_epoch(nodes);
  ASSERT_GT(steps.size(), 3U);
  EXPECT_EQ(nodes[1].token, Millis{250});
  for (ReplayedStep* step : steps) step->wall = steps[0]->wall;
  ++steps[1]->event.value;
  steps.back()->wall.millis += 5000;
  EXPECT_NE(agreement_of(nodes).difference.value_or("").find("different events from position 1"), std::string::npos);
  nodes[1].token = Millis{2300};
  EXPECT_EQ(agreement_of(nodes).difference, std::nullopt);
}

TEST_F(JournalReplay, ASideThatStoodStillAppliesItsLastEventsLate) {
  std::vector<Replayed> nodes = replay_journals(files, nullptr).nodes;
  const std::vector<ReplayedStep*> steps = shared_epoch(nodes);
  ASSERT_GT(steps.size(), 3U);
  ASSERT_LT(steps.size(), 16U);
  ++steps[1]->event.value;
  steps.back()->wall.millis += 10'000;
  ASSERT_TRUE(agreement_of(nodes).difference) << "they stay together";
  ReplayedStep alone = *steps.back();
  alone.position = {Epoch{NodeId{1}, 99, 99}, 0};
  nodes[1].steps.push_back(alone);
  EXPECT_EQ(agreement_of(nodes).difference, std::nullopt);
}

TEST_F(JournalReplay, RefusesAnotherFeatureLevel) {
  JournalFile& beta = file("beta-0000000001.journal");
  wire::JournalHead head = *beta.head;
  head.feature_level = wire::built_speech.feature_level + 1;
  beta = journal_file(beta.name, wire::journal_header(head));
  EXPECT_NE(replay_journals(files, nullptr).refused.value_or("").find("feature level"), std::string::npos);
}

TEST(JournalsOfDisks, HaveGapsWhereTheDiskTookNothing) {
  const auto scenario = parse_scenario(
      "cluster alpha beta\nresource ip agent=ip\nstart ip on alpha\nrun until stable\ndisk beta full\n"
      "switchover ip to beta\nrun until stable\nswitchover ip to alpha\nrun until stable\ndisk beta ok\n"
      "run 6s\nswitchover ip to beta\nrun until stable\nexpect log \"the journal has a gap: no space left on device\" "
      "on beta\n"
      "expect log \"the journal is written again\" on beta\n");
  ASSERT_TRUE(scenario) << scenario.error().text;
  Player player(*scenario, {.keep_journals = true});
  ASSERT_EQ(player.play(), std::nullopt);
  const ReplayResult result = replay_journals(journals_of(player.world()), nullptr);
  EXPECT_EQ(result.difference, std::nullopt);
  ASSERT_EQ(result.nodes.size(), 2U);
  EXPECT_EQ(result.nodes[0].lost, 0U);
  EXPECT_GT(result.nodes[1].lost, 0U);
  EXPECT_EQ(result.nodes[1].segments, 2U);
}

}  // namespace
}  // namespace holdfast::sim
