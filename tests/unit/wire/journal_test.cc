// Segments of a journal: what was written is read, a torn end is an end, damage is one line, no password is in it.
#include "wire/journal.h"

#include <gtest/gtest.h>

#include <memory>

#include "wire/codec.h"
#include "wire/limits.h"

namespace holdfast::wire {
namespace {

constexpr const char* password = "s3cret-of-the-bmc";

ClusterConfig two_nodes() {
  ClusterConfig config;
  config.name = "office";
  config.nodes = {{NodeId{1}, "alpha", {"10.0.0.1"}, {{"fence_ipmilan", {{"password", password}}}}},
                  {NodeId{2}, "beta", {"10.0.0.2"}}};
  config.resources[ResourceName{"web"}].name = ResourceName{"web"};
  return config;
}

ClusterState a_state() {
  ClusterState state;
  state.config = std::make_shared<const ClusterConfig>(two_nodes());
  state.epoch = {NodeId{1}, 17, 3};
  state.members = {NodeId{1}, NodeId{2}};
  state.nodes[NodeId{1}].facts.node = NodeId{1};
  state.nodes[NodeId{2}].facts.incarnation = 4;
  return state;
}

/// An operator's new configuration, with the file's text.
Request an_apply() {
  Request request;
  request.id = {NodeId{1}, 17, 1};
  request.kind = RequestKind::apply;
  request.proposal = ConfigProposal{Digest{1}, Digest{2}, two_nodes(), std::string("password = ") + password};
  return request;
}

JournalHead a_head() { return {NodeId{2}, "beta", "office", "1.2.3", 2, "boot", 7, WallTime{1000}}; }

JournalStep a_step(std::uint64_t number) {
  JournalStep step{{{NodeId{1}, 17, 3}, number}, NodeId{1}, WallTime{5}, WallTime{6}, TimerFired{}, Digest{8}, {}};
  if (number % 2 == 0) step.state = Digest{number};
  return step;
}

std::string segment(std::uint64_t steps) {
  std::string bytes = journal_header(a_head());
  JournalSnapshot snapshot;
  snapshot.incarnation = 17;
  snapshot.replaced = true;
  bytes += journal_record(1, encode_snapshot(snapshot, a_state()));
  for (std::uint64_t i = 0; i < steps; ++i) bytes += journal_record(i + 2, encode_step(a_step(i)));
  return bytes;
}

struct Contents {
  std::vector<JournalRecord> records;
  std::size_t cut_off = 0;
  std::string error;
};

Contents read(std::string_view bytes) {
  Contents contents;
  auto reader = JournalReader::open(bytes);
  if (!reader) {
    contents.error = reader.error().text;
    return contents;
  }
  while (true) {
    Result<std::optional<JournalRecord>> record = reader->next();
    if (!record) contents.error = record.error().text;
    if (!record || !*record) break;
    contents.records.push_back(std::move(**record));
  }
  contents.cut_off = reader->cut_off();
  return contents;
}

TEST(Journal, IsReadAsItWasWritten) {
  const std::string bytes = segment(2);
  const auto reader = JournalReader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->head(), a_head());
  const Contents contents = read(bytes);
  ASSERT_EQ(contents.records.size(), 3U) << contents.error;
  EXPECT_EQ(contents.cut_off, 0U);
  const auto& snapshot = std::get<JournalSnapshot>(contents.records[0]);
  EXPECT_EQ(snapshot.incarnation, 17U);
  EXPECT_TRUE(snapshot.replaced);
  EXPECT_EQ(snapshot.state, a_state());
  EXPECT_EQ(snapshot.digest, digest_of(a_state()));
  EXPECT_EQ(snapshot.config.nodes[1], two_nodes().nodes[1]);
  EXPECT_EQ(std::get<JournalStep>(contents.records[1]), a_step(0));
  EXPECT_EQ(std::get<JournalStep>(contents.records[2]), a_step(1));
}

TEST(Journal, EndsWithItsLastWholeRecord) {
  const std::string bytes = segment(1);
  const std::size_t last = journal_record(2, encode_step(a_step(0))).size();
  for (std::size_t missing = 1; missing < last; ++missing) {
    const Contents contents = read(std::string_view(bytes).substr(0, bytes.size() - missing));
    EXPECT_EQ(contents.error, "") << missing;
    EXPECT_EQ(contents.records.size(), 1U) << missing;
    EXPECT_EQ(contents.cut_off, last - missing);
  }
}

// After a power failure a file may have its length, and zeros where pages had not come to the disk.
TEST(Journal, EndsWhereOnlyZerosFollow) {
  const std::string bytes = segment(1);
  const std::size_t last = journal_record(2, encode_step(a_step(0))).size();
  for (std::size_t missing = 1; missing <= last; ++missing) {
    const std::string torn = bytes.substr(0, bytes.size() - missing) + std::string(missing + 4096, '\0');
    const Contents contents = read(torn);
    EXPECT_EQ(contents.error, "") << missing;
    EXPECT_GE(contents.records.size(), 1U) << missing;
  }
}

TEST(Journal, EndsWithinItsHeader) {
  const std::string bytes = segment(0);
  for (const std::size_t length : {0U, 3U, 8U, 19U, 25U}) {
    const auto reader = JournalReader::open(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(reader) << length;
    EXPECT_EQ(reader.error().fault, JournalFault::cut_off) << length;
  }
}

TEST(Journal, TellsDamageInTheMiddle) {
  const std::string whole = segment(3);
  const std::size_t first = journal_header(a_head()).size();
  const std::size_t end = whole.size() - journal_record(4, encode_step(a_step(2))).size();
  for (std::size_t at = first; at < end; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    const Contents contents = read(bytes);
    EXPECT_NE(contents.error.find("is damaged"), std::string::npos) << "byte " << at << ": " << contents.error;
    EXPECT_LT(contents.records.size(), 3U);
  }
}

TEST(Journal, TellsARecordThatIsMissing) {
  std::string bytes = segment(0);
  bytes += journal_record(3, encode_step(a_step(0)));
  EXPECT_NE(read(bytes).error.find("it has number 3"), std::string::npos);
}

TEST(Journal, RefusesOtherVersions) {
  std::string bytes = segment(0);
  bytes[8] = 2;
  const auto reader = JournalReader::open(bytes);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().fault, JournalFault::other_version);
  EXPECT_EQ(reader.error().text, "it is of journal format 2; this build reads 1");
  JournalHead head = a_head();
  EXPECT_TRUE(can_replay(head));
  head.feature_level = 99;
  EXPECT_NE(can_replay(head).error().text.find("holdfast 1.2.3 of feature level 99"), std::string::npos);
  EXPECT_EQ(read("holdfast-state 1 00000000 0\n").error, "it is no journal: it does not begin with HFSTJRNL");
}

TEST(Journal, HasNoPasswordsOfFenceAgents) {
  ClusterState state = a_state();
  state.requests[an_apply().id].request = an_apply();
  state.nodes[NodeId{1}].facts.requests[an_apply().id] = an_apply();
  ViewSynced view;
  view.reports.resize(2);
  view.reports[0].own.requests[an_apply().id] = an_apply();
  view.reports[1].others.push_back(view.reports[0].own);
  ASSERT_NE(encode_event(view).find(password), std::string::npos);

  const std::string bytes =
      encode_snapshot({}, state) + encode_step(a_step(0), Requested{an_apply()}) + encode_step(a_step(0), Event{view});
  EXPECT_EQ(bytes.find(password), std::string::npos);
  EXPECT_NE(bytes.find("fence_ipmilan"), std::string::npos);
}

TEST(Journal, DigestsWhatItHolds) {
  ClusterState state = a_state();
  EXPECT_EQ(journal_digest(state), digest_of(state));
  state.requests[an_apply().id].request = an_apply();
  const std::string bytes = journal_header(a_head()) + journal_record(1, encode_snapshot({}, state));
  const Contents contents = read(bytes);
  ASSERT_EQ(contents.records.size(), 1U) << contents.error;
  const auto& snapshot = std::get<JournalSnapshot>(contents.records[0]);
  EXPECT_EQ(digest_of(snapshot.state), snapshot.digest);
  EXPECT_EQ(journal_digest(state), snapshot.digest);
}

TEST(Journal, DigestsOfOutcomesTellThemApart) {
  std::vector<Outcome> outcomes(8);
  outcomes[1].actions = {RunOperation{{}, NodeId{1}, ResourceName{"web"}, OperationKind::start, {}, {}}};
  outcomes[2].actions = {RunOperation{{}, NodeId{2}, ResourceName{"web"}, OperationKind::start, {}, {}}};
  outcomes[3].actions = {CancelTimer{}};
  outcomes[4].actions = {AdoptConfiguration{{1, Digest{2}, {}}, "text"}};
  outcomes[5].actions = {AnswerRequest{{}, AnswerKind::refused, "no"}};
  outcomes[6].decisions = {Decision{ResourceName{"web"}, NodeId{1}, Severity::notify, 4001, {"N1", "why", {}}}};
  outcomes[7].decisions = {Decision{ResourceName{"web"}, NodeId{1}, Severity::notify, 4001, {"N2", "why", {}}}};
  for (std::size_t a = 0; a < outcomes.size(); ++a)
    for (std::size_t b = 0; b < outcomes.size(); ++b)
      EXPECT_EQ(digest_of(outcomes[a]) == digest_of(outcomes[b]), a == b) << a << " " << b;
}

TEST(Journal, DigestsABigStateAtSomePositionsOnly) {
  ClusterConfig config = two_nodes();
  EXPECT_EQ(digest_stride(config), 1U);
  for (int i = 0; i < 200; ++i) config.resources[ResourceName{"r" + std::to_string(i)}];
  EXPECT_EQ(digest_stride(config), 2U);
}

}  // namespace
}  // namespace holdfast::wire
