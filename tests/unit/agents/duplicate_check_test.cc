// B3: who gets an address that several ask for, on a simulated wire.
#include "agents/ip/duplicate_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/random.h"

namespace holdfast::agent {
namespace {

using Verdict = DuplicateCheck::Verdict;
constexpr Micros wait = Millis{20};

MacAddress mac(std::uint8_t number) { return {2, 0, 0, 0, 0, number}; }
Instant at(std::int64_t micros) { return Instant{micros}; }

TEST(DuplicateCheck, AsksFourTimesAndTakesSilenceForFree) {
  DuplicateCheck check{mac(1), wait, at(0)};
  std::vector<std::int64_t> asked;
  std::int64_t time = 0;
  for (; check.verdict(at(time)) == Verdict::open; time = std::max(time, check.wake().micros))
    if (check.ask(at(time))) asked.push_back(time);
  EXPECT_EQ(asked, (std::vector<std::int64_t>{0, 5000, 10000, 15000}));
  EXPECT_EQ(check.verdict(at(time)), Verdict::free);
  EXPECT_EQ(time, 20000);
}

TEST(DuplicateCheck, AHolderEndsItAtOnce) {
  DuplicateCheck check{mac(1), wait, at(0)};
  check.heard({mac(9), Claim::holds}, at(300));
  EXPECT_EQ(check.verdict(at(300)), Verdict::held);
  EXPECT_EQ(check.rival(), mac(9));
}

TEST(DuplicateCheck, OurOwnPacketReflectedIsNobody) {
  DuplicateCheck check{mac(1), wait, at(0)};
  check.heard({mac(1), Claim::holds}, at(300));
  EXPECT_EQ(check.verdict(at(300)), Verdict::open);
}

TEST(DuplicateCheck, WhoNeverStopsAskingIsNotWaitedForForEver) {
  DuplicateCheck check{mac(2), wait, at(0)};
  std::int64_t time = 0;
  for (; check.verdict(at(time)) == Verdict::open && time < 10'000'000; time += 1000)
    check.heard({mac(1), Claim::asks}, at(time));
  EXPECT_EQ(check.verdict(at(time)), Verdict::contested);
  EXPECT_EQ(time, 12 * 20'000 + 200'000);
}

/// Machines that start one address on one wire, as agent.cc does: when free, they add it and look once more. The kernel
/// of the one that has it answers.
class Wire {
 public:
  struct Machine {
    DuplicateCheck check;
    std::int64_t begin;
    std::int64_t busy_until = 0;  ///< its process does not run until then; what comes meanwhile waits
    bool has = false;
    bool done = false;
    std::vector<Rival> waiting;
  };

  /// The machines begin within `spread` microseconds; `stalls`: their processes are held up at times.
  enum class Stalls : std::uint8_t { no, yes };
  Wire(std::uint64_t seed, std::int64_t spread, Stalls stalls) : random_(seed), spread_(spread), stalls_(stalls) {}

  void add(std::uint8_t number) {
    const std::int64_t begin = random_.between(0, spread_);
    machines_.emplace(number, Machine{DuplicateCheck{mac(number), wait, at(begin)}, begin, 0, false, false, {}});
  }
  void deafen(std::uint8_t listener, std::uint8_t speaker) { deaf_ = {listener, speaker}; }

  /// Runs 2 s; returns how many have the address at the end.
  int run() {
    for (time_ = 0; time_ < 2'000'000; time_ += 100) {
      deliver();
      for (auto& [number, machine] : machines_)
        if (!machine.done && time_ >= machine.begin && time_ >= machine.busy_until) act(number, machine);
    }
    int out = 0;
    for (const auto& [number, machine] : machines_) out += machine.has ? 1 : 0;
    return out;
  }
  bool all_done() const {
    return std::all_of(machines_.begin(), machines_.end(), [](const auto& m) { return m.second.done; });
  }

 private:
  struct Flight {
    std::uint8_t from;
    std::uint8_t to;
    Claim claim;
  };

  void send(std::uint8_t from, Claim claim) {
    for (const auto& [to, machine] : machines_)
      if (to != from && std::pair(to, from) != deaf_)
        flying_.emplace(time_ + random_.between(100, 2'000), Flight{from, to, claim});
  }

  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= time_) {
      const Flight flight = flying_.extract(flying_.begin()).mapped();
      Machine& machine = machines_.at(flight.to);
      machine.waiting.push_back({mac(flight.from), flight.claim});
      if (machine.has && flight.claim == Claim::asks) send(flight.to, Claim::holds);
    }
  }

  void act(std::uint8_t number, Machine& machine) {
    if (stalls_ == Stalls::yes && random_.between(1, 300) == 1) {
      machine.busy_until = time_ + random_.between(0, 60'000);  // the processor is elsewhere
      return;
    }
    for (const Rival& rival : std::exchange(machine.waiting, {}))
      machine.check.heard({rival.mac, machine.has ? Claim::asks : rival.claim}, at(time_));
    const Verdict verdict = machine.check.verdict(at(time_));
    if (machine.has) {
      machine.has = verdict == Verdict::free;
      machine.done = machine.has;
      if (machine.has) send(number, Claim::holds);
    } else if (verdict == Verdict::free) {
      machine.has = true;  // and looks again in its next turn
    } else if (verdict != Verdict::open) {
      machine.done = true;
    } else if (machine.check.ask(at(time_))) {
      send(number, Claim::asks);
    }
  }

  Random random_;
  std::int64_t spread_;
  Stalls stalls_;
  std::int64_t time_ = 0;
  std::map<std::uint8_t, Machine> machines_;
  std::multimap<std::int64_t, Flight> flying_;
  std::pair<std::uint8_t, std::uint8_t> deaf_{0, 0};
};

TEST(DuplicateCheck, OfSeveralThatStartTogetherExactlyOneGetsIt) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Wire wire{seed, 30'000, Wire::Stalls::yes};
    for (std::uint8_t number = 1; number <= 2 + seed % 3; ++number) wire.add(number);
    EXPECT_EQ(wire.run(), 1) << "seed " << seed;
    EXPECT_TRUE(wire.all_done()) << "seed " << seed;
  }
}

/// (One that has the address already and is not heard is beyond any check.)
TEST(DuplicateCheck, AlsoIfOneDoesNotHearTheOtherNeverBoth) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Wire wire{seed, 10'000, Wire::Stalls::no};
    wire.add(1);
    wire.add(2);
    const bool first_is_deaf = seed % 2 == 0;
    wire.deafen(first_is_deaf ? 1 : 2, first_is_deaf ? 2 : 1);
    EXPECT_LE(wire.run(), 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::agent
