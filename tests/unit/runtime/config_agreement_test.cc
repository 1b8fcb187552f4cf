// Which configuration a sync goes on with (V9, B8).
#include "runtime/config_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doubles.h"
#include "wire/codec.h"

namespace holdfast::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const NodeId alpha{1}, beta{2}, gamma{3};

ConfigStamp stamp(std::uint64_t digest, std::vector<std::uint64_t> lineage = {}) {
  ConfigStamp s{lineage.size(), Digest{digest}, {}};
  for (const std::uint64_t d : lineage) s.lineage.push_back(Digest{d});
  return s;
}

ConfigAgreement agree(std::map<NodeId, ConfigStamp> stamps) {
  std::map<NodeId, MemberReport> reports;
  for (const auto& [node, s] : stamps) {
    reports[node].own.node = node;
    reports[node].stamp = s;
    reports[node].feature_level = 2;
  }
  return agree_on_config(reports);
}

TEST(ConfigAgreement, EqualOnesAreSettled) {
  const ConfigAgreement a = agree({{alpha, stamp(1)}, {beta, stamp(1)}});
  EXPECT_TRUE(a.settled());
  EXPECT_THAT(a.different, IsEmpty());
}

TEST(ConfigAgreement, TheOlderOneTakesTheNewer) {
  const ConfigAgreement a = agree({{alpha, stamp(1)}, {beta, stamp(3, {1, 2})}, {gamma, stamp(3, {1, 2})}});
  EXPECT_EQ(a.stamp, stamp(3, {1, 2}));
  EXPECT_EQ(a.holder, beta);
  EXPECT_THAT(a.behind, ElementsAre(alpha));
}

TEST(ConfigAgreement, OfTwoSidesTheGreaterGenerationWins) {
  const ConfigAgreement a = agree({{alpha, stamp(2, {1})}, {beta, stamp(4, {1, 3})}});
  EXPECT_EQ(a.holder, beta);
  EXPECT_THAT(a.forked, ElementsAre(alpha));
}

TEST(ConfigAgreement, ThenMoreMembersThenTheLowestNode) {
  EXPECT_EQ(agree({{alpha, stamp(2, {1})}, {beta, stamp(3, {1})}, {gamma, stamp(3, {1})}}).holder, beta);
  const ConfigAgreement a = agree({{alpha, stamp(2, {1})}, {beta, stamp(3, {1})}});
  EXPECT_EQ(a.holder, alpha);
  EXPECT_THAT(a.forked, ElementsAre(beta));
}

TEST(ConfigAgreement, AFileChangedByHandTakesNoPart) {
  const ConfigAgreement a = agree({{alpha, stamp(9)}, {beta, stamp(2, {1})}});
  EXPECT_EQ(a.holder, beta);
  EXPECT_TRUE(a.settled());
  EXPECT_THAT(a.different, ElementsAre(alpha));
}

TEST(ConfigAgreement, ACopyOfTheAgreedFileIsAsGood) {
  const ConfigAgreement a = agree({{alpha, stamp(2)}, {beta, stamp(2, {1})}});
  EXPECT_EQ(a.stamp, stamp(2, {1}));
  EXPECT_TRUE(a.settled());
  EXPECT_THAT(a.different, IsEmpty());
}

TEST(ConfigStampOfFile, FollowsTheFile) {
  const ConfigStamp kept = stamp(3, {1, 2});
  EXPECT_EQ(stamp_of_file(kept, Digest{3}), kept);
  EXPECT_EQ(stamp_of_file(kept, Digest{2}), stamp(2, {1}));  // it was agreed, and not stored before the end
  EXPECT_EQ(stamp_of_file(kept, Digest{1}), stamp(1));
  EXPECT_EQ(stamp_of_file(kept, Digest{7}), stamp(7));  // by hand
  EXPECT_EQ(stamp_of_file({}, Digest{7}), stamp(7));
}

struct LiveChange : testing::Test {
  std::shared_ptr<ClusterConfig> config = testing_doubles::small_cluster(2);
  testing_doubles::World world{config};
  std::vector<Answer> answers;

  ConfigProposal proposal(const std::function<void(ClusterConfig&)>& edit, const char* text) {
    ConfigProposal p;
    p.base = world.node(1).state().stamp.digest;
    p.config = *world.node(1).state().config;
    edit(p.config);
    p.digest = wire::digest_of(p.config);
    p.text = text;
    return p;
  }
  void apply(const ConfigProposal& p, std::uint32_t at = 1, Force force = Force::no) {
    Request request;
    request.kind = RequestKind::apply;
    request.force = force;
    request.proposal = p;
    world.node(at).request(request, [this](const Answer& a) { answers.push_back(a); });
    world.run_polling(300);
  }
  static void quicker(ClusterConfig& c) { c.resources.at(ResourceName{"ip"}).monitor_interval = Millis{1000}; }

  void form() {
    world.add(1);
    world.add(2);
    world.start();
    world.view({1, 2});
    world.run_polling(500);
    ASSERT_TRUE(world.node(1).synced());
  }
};

TEST_F(LiveChange, IsStoredOnEveryNodeBeforeItIsAnswered) {
  form();
  apply(proposal(quicker, "second"));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].kind, AnswerKind::done) << answers[0].text;
  for (const std::uint32_t id : {1u, 2u}) {
    EXPECT_EQ(world[id].config_file.text, "second");
    EXPECT_EQ(world[id].config_file.kept.at("0"), "first");
    EXPECT_EQ(world.node(id).state().stamp.generation, 1u);
    EXPECT_EQ(world[id].store.kept->stamp, world.node(id).state().stamp);
  }
}

TEST_F(LiveChange, ADiskThatIsFullIsTriedAgain) {
  form();
  world[2].store.full = true;
  apply(proposal(quicker, "second"));
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(world[2].config_file.text, "first");
  EXPECT_EQ(world[2].log.count("cannot be stored"), 1);
  world[2].store.full = false;
  world.run_polling(12'000);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(world[2].config_file.text, "second");
}

TEST_F(LiveChange, WhoWasAwayTakesItByItself) {
  form();
  world.view({1});
  world.view({2});
  world.run_polling(500);
  apply(proposal(quicker, "second"), 1, Force::yes);
  EXPECT_EQ(answers.at(0).kind, AnswerKind::done);
  world.view({1, 2});
  world.run_polling(1500);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world.node(2).state().members.size(), 2u);
  EXPECT_EQ(world[2].config_file.text, "second");
  EXPECT_EQ(world.node(2).state().config->resources.at(ResourceName{"ip"}).monitor_interval, Millis{1000});
}

TEST_F(LiveChange, OfTwoSidesOneIsKeptBeside) {
  form();
  world.view({1});
  world.view({2});
  world.run_polling(500);
  apply(proposal(quicker, "second of 1"), 1, Force::yes);
  const Digest base = world.node(2).state().stamp.digest;
  ConfigProposal other = proposal([](ClusterConfig& c) { c.startup_wait = Millis{5000}; }, "second of 2");
  other.base = base;
  apply(other, 2, Force::yes);
  EXPECT_EQ(answers.at(1).kind, AnswerKind::done) << answers.at(1).text;
  world.view({1, 2});
  world.run_polling(1500);
  EXPECT_TRUE(world.node(1).synced());
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world[1].config_file.text, "second of 1");
  EXPECT_EQ(world[2].config_file.text, "second of 1");
  const std::string aside = "conflict-" + [&] {
    char text[17];
    std::snprintf(text, sizeof text, "%016lx", static_cast<unsigned long>(other.digest.value));
    return std::string(text);
  }();
  ASSERT_TRUE(world[2].config_file.kept.contains(aside));
  EXPECT_EQ(world[2].config_file.kept.at(aside), "second of 2");
  EXPECT_EQ(world[2].log.count("cluster: startup_wait 5s -> 2s"), 1);
  EXPECT_EQ(world[1].log.count("changed on both sides"), 1);
}

TEST_F(LiveChange, WhatIsOutOfDateIsRefused) {
  form();
  const ConfigProposal first = proposal(quicker, "second");
  apply(first);
  ConfigProposal late = proposal([](ClusterConfig& c) { c.startup_wait = Millis{5000}; }, "third");
  late.base = first.base;
  apply(late, 2);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].kind, AnswerKind::refused);
  EXPECT_THAT(answers[1].text, testing::HasSubstr("out of date"));
  EXPECT_EQ(world[2].config_file.text, "second");
}

/// Node 1 has a second configuration in force, node 2 is in no ring with it.
struct Learning : LiveChange {
  void part_and_change(void (*edit)(ClusterConfig&) = quicker) {
    form();
    world.view({1});
    world.view({2});
    world.run_polling(500);
    apply(proposal(edit, "second"), 1, Force::yes);
    ASSERT_EQ(answers.at(0).kind, AnswerKind::done) << answers.at(0).text;
  }
  wire::ConfigOffer offer_of(std::uint32_t id) {
    return {world.node(id).state().stamp, *world.node(id).state().config, world.node(id).config_text()};
  }
};

TEST_F(Learning, OneAloneTakesALaterConfiguration) {
  part_and_change();
  EXPECT_TRUE(world.node(2).learn(alpha, offer_of(1)));
  world.run_polling(1500);
  EXPECT_TRUE(world.node(2).synced());
  EXPECT_EQ(world[2].config_file.text, "second");
  EXPECT_EQ(world[2].config_file.kept.at("0"), "first");
  EXPECT_EQ(world.node(2).state().stamp, world.node(1).state().stamp);
  EXPECT_EQ(world[2].store.kept->stamp, world.node(1).state().stamp);
  EXPECT_FALSE(world.node(2).learn(alpha, offer_of(1))) << "it has it already";
}

TEST_F(Learning, AmongOthersTheSyncDecides) {
  form();
  wire::ConfigOffer later = offer_of(1);
  quicker(later.config);
  later.stamp.lineage.push_back(later.stamp.digest);
  later.stamp.digest = wire::digest_of(later.config);
  ++later.stamp.generation;
  EXPECT_FALSE(world.node(2).learn(alpha, later));
  world.run_polling(1500);
  EXPECT_EQ(world[2].config_file.text, "first");
}

TEST_F(Learning, WhatDoesNotFollowOrIsSpoilt) {
  part_and_change();
  wire::ConfigOffer stranger = offer_of(1);
  stranger.stamp.lineage.clear();  // written by hand, or of another side
  EXPECT_FALSE(world.node(2).learn(alpha, stranger));
  wire::ConfigOffer spoilt = offer_of(1);
  spoilt.config.startup_wait = Millis{5000};
  EXPECT_FALSE(world.node(2).learn(alpha, spoilt));
  EXPECT_FALSE(world.node(1).learn(beta, offer_of(2))) << "an earlier one";
  world.run_polling(1500);
  EXPECT_EQ(world[2].config_file.text, "first");
  EXPECT_TRUE(world.node(2).synced());
}

TEST_F(Learning, OneThatWasRemovedTakesNoPartAnyMore) {
  part_and_change([](ClusterConfig& c) {
    std::erase_if(c.nodes, [](const NodeConfig& node) { return node.id == beta; });
    std::erase(c.resources.at(ResourceName{"ip"}).nodes, beta);
  });
  EXPECT_TRUE(world.node(2).learn(alpha, offer_of(1)));
  world.run_polling(1500);
  EXPECT_FALSE(world.node(2).synced());
  EXPECT_EQ(world[2].config_file.text, "second");
}

}  // namespace
}  // namespace holdfast::runtime
