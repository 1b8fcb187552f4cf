// What waits for a receiver: gathered, tried again, given up, never lost without a word (V5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/notify/notifier.h"

namespace holdfast::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A receiver that takes or refuses, and what was reported.
class World {
 public:
  Send send() {
    return [this](const NotifyTarget& target, const Notifications& all, const GiveUp&) {
      const std::lock_guard lock(mutex_);
      ++attempts_;
      std::string text = target.server + ":";
      for (const Notification& one : all) text += " " + one.subject;
      changed_.notify_all();
      if (refuse_) return Sent{false, "nobody there"};
      taken_.push_back(text);
      return Sent{true, "250 ok"};
    };
  }
  Report report() {
    return [this](Severity, Message message, const std::string& text) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(std::to_string(static_cast<std::uint32_t>(message)) + " " + text);
      changed_.notify_all();
    };
  }
  void refuse(bool refused) {
    const std::lock_guard lock(mutex_);
    refuse_ = refused;
  }
  bool wait(const std::function<bool(const World&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return condition(*this); });
  }
  std::vector<std::string> taken_;
  std::vector<std::string> reports_;
  int attempts_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool refuse_ = false;
};

Notification about(std::string subject, NotificationKind kind = NotificationKind::node_failed) {
  Notification one;
  one.kind = kind;
  one.subject = std::move(subject);
  return one;
}

NotifyTarget target(NotifyBy by, std::string server = "a") {
  NotifyTarget made;
  made.name = "ops";
  made.by = by;
  made.server = std::move(server);
  return made;
}

PostTimes quick() { return {Millis{50}, Millis{10'000}, Millis{20}, Millis{40}, Millis{3'600'000}, 256}; }

TEST(Post, AMailGathersWhatComesTogether) {
  World world;
  Post post("ops", target(NotifyBy::mail), {Millis{300}, Millis{10'000}, Millis{20}, Millis{40}, Millis{9'000}, 256},
            world.report(), world.send());
  for (int i = 0; i < 60; ++i) post.tell(about("r" + std::to_string(i)));
  ASSERT_TRUE(world.wait([](const World& w) { return !w.reports_.empty(); }));
  EXPECT_EQ(world.attempts_, 1);
  ASSERT_EQ(world.taken_.size(), 1U);
  EXPECT_THAT(world.taken_[0], HasSubstr("a: r0 r1 r2"));
  EXPECT_THAT(world.taken_[0], HasSubstr(" r59"));
}

TEST(Post, AMailIsNotPutOffForEver) {
  World world;
  Post post("ops", target(NotifyBy::mail),
            {Millis{3'600'000}, Millis{300}, Millis{20}, Millis{40}, Millis{9'000}, 1000}, world.report(),
            world.send());
  std::atomic<bool> end = false;
  std::thread adding([&] {
    for (; !end; std::this_thread::sleep_for(std::chrono::milliseconds(20))) post.tell(about("again"));
  });
  EXPECT_TRUE(world.wait([](const World& w) { return !w.taken_.empty(); }));
  end = true;
  adding.join();
}

TEST(Post, OthersAreToldOneByOneInOrder) {
  World world;
  Post post("hook", target(NotifyBy::webhook), quick(), world.report(), world.send());
  for (const char* subject : {"one", "two", "three"}) post.tell(about(subject));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 3; }));
  EXPECT_THAT(world.taken_, ElementsAre("a: one", "a: two", "a: three"));
  EXPECT_EQ(world.reports_[0], "7001 hook: told: one; 250 ok");
}

TEST(Post, WhatIsRefusedIsTriedAgainAndToldLaterWithOneLineOfEach) {
  World world;
  world.refuse(true);
  Post post("ops", target(NotifyBy::webhook), quick(), world.report(), world.send());
  post.tell(about("one"));
  post.tell(about("two"));
  ASSERT_TRUE(world.wait([](const World& w) { return w.attempts_ >= 4; }));
  EXPECT_THAT(world.reports_, ElementsAre("7002 ops: not told yet, tried again for 3600 s: one; nobody there"));
  world.refuse(false);
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 4; }));
  EXPECT_THAT(world.taken_, ElementsAre("a: one", "a: two"));
  EXPECT_THAT(world.reports_[1],
              testing::MatchesRegex("7004 ops: takes notifications again, after [0-9]+ failed attempts"));
  EXPECT_EQ(world.reports_[2], "7001 ops: told: one; 250 ok");
}

TEST(Post, AfterItsPatienceANotificationIsGivenUp) {
  World world;
  world.refuse(true);
  PostTimes times = quick();
  times.patience = Millis{200};
  Post post("ops", target(NotifyBy::program), times, world.report(), world.send());
  post.tell(about("one"));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 2; }));
  EXPECT_EQ(world.reports_[1], "7003 ops: given up after 0 s: one");
}

TEST(Post, TheOldestIsDroppedWhereTooManyWait) {
  World world;
  PostTimes times = quick();
  times.quiet = times.gather = Millis{400};
  times.most = 2;
  Post post("ops", target(NotifyBy::mail), times, world.report(), world.send());
  for (const char* subject : {"one", "two", "three"}) post.tell(about(subject));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 2; }));
  EXPECT_EQ(world.reports_[0], "7005 ops: 2 notifications wait already; the oldest is dropped");
  EXPECT_THAT(world.taken_, ElementsAre("a: two three"));
}

TEST(Post, AChangedTargetGetsWhatWaitsAtOnce) {
  World world;
  world.refuse(true);
  PostTimes times = quick();
  times.first_retry = times.last_retry = Millis{3'600'000};
  Post post("ops", target(NotifyBy::mail), times, world.report(), world.send());
  post.tell(about("one"));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 1; }));
  world.refuse(false);
  post.change(target(NotifyBy::mail, "b"));
  ASSERT_TRUE(world.wait([](const World& w) { return !w.taken_.empty(); }));
  EXPECT_THAT(world.taken_, ElementsAre("b: one"));
}

TEST(Post, FlushTellsAtOnceAndTriesOnce) {
  World world;
  PostTimes times = quick();
  times.quiet = times.gather = Millis{3'600'000};
  Post post("ops", target(NotifyBy::mail), times, world.report(), world.send());
  post.tell(about("one"));
  EXPECT_TRUE(post.flush(Millis{10'000}));
  EXPECT_THAT(world.taken_, ElementsAre("a: one"));
  world.refuse(true);
  post.tell(about("two"));
  EXPECT_TRUE(post.flush(Millis{10'000}));
  EXPECT_THAT(world.reports_.back(), HasSubstr("7003 ops: not told, this daemon ends: two; nobody there"));
}

TEST(Notifier, EachTargetGetsTheKindsThatItWants) {
  World world;
  Notifier notifier(world.report(), quick(), world.send());
  NotifyTarget all = target(NotifyBy::webhook, "all");
  NotifyTarget some = target(NotifyBy::program, "some");
  some.name = "some";
  some.events = {NotificationKind::node_failed};
  notifier.configure({all, some});
  notifier.tell(about("link", NotificationKind::link_down));
  notifier.tell(about("node"));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 3; }));
  EXPECT_THAT(world.taken_, testing::UnorderedElementsAre("all: link", "all: node", "some: node"));
  notifier.configure({some});
  notifier.tell(about("later"));
  ASSERT_TRUE(world.wait([](const World& w) { return w.reports_.size() == 4; }));
  EXPECT_EQ(world.taken_.back(), "some: later");
}

TEST(Notifier, EveryHostOfTrapsHasItsOwnPost) {
  NotifyTarget traps = target(NotifyBy::snmp);
  traps.hosts = {"10.0.0.9:162", "10.0.0.8:162"};
  const auto single = one_by_one(traps);
  ASSERT_EQ(single.size(), 2U);
  EXPECT_THAT(single[1].hosts, ElementsAre("10.0.0.8:162"));
}

TEST(Notifier, ATestSaysForEachTargetWhatHappened) {
  World world;
  Notifier notifier(world.report(), quick(), world.send());
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<TestResult> results;
  world.refuse(true);
  ASSERT_TRUE(notifier.test({target(NotifyBy::mail), target(NotifyBy::webhook)}, about("test", NotificationKind::test),
                            [&](std::vector<TestResult> found) {
                              const std::lock_guard lock(mutex);
                              results = std::move(found);
                              ended.notify_all();
                            }));
  std::unique_lock lock(mutex);
  ASSERT_TRUE(ended.wait_for(lock, std::chrono::seconds(20), [&] { return !results.empty(); }));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_FALSE(results[0].taken);
  EXPECT_EQ(results[0].text, "nobody there");
  EXPECT_THAT(world.reports_, IsEmpty()) << "whoever asked is told";
}

}  // namespace
}  // namespace holdfast::notify
