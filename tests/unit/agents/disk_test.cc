// Kind `disk` (K3, B2): who takes a disk, who is refused, and when a node has lost it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "agents/disk/renewal.h"
#include "agents/disk/take.h"
#include "agents/disk/watch.h"
#include "base/descriptor.h"
#include "disk_device.h"
#include "program.h"

namespace holdfast::agent::disk {
namespace {

using test::paths_to;
using test::SimulatedDisk;
using ::testing::HasSubstr;

Self node(std::uint32_t id) { return {0x1234abcd, id, {{1, "alpha"}, {2, "beta"}, {3, "gamma"}}}; }

Claim claim_of(std::uint32_t id, std::set<std::uint32_t> met = {1, 2, 3}) {
  Claim claim;
  claim.self = node(id);
  claim.met = std::move(met);
  return claim;
}

std::set<std::uint64_t> only(std::uint32_t id) { return {key_of(node(id)).value}; }

const Wait never = [](Millis) { FAIL() << "nothing is to be waited for"; };

/// Node n has the nexuses 10n and 10n+1.
class DiskTest : public ::testing::Test {
 protected:
  agent::Answer take_as(std::uint32_t id, const Claim& claim, const Wait& wait = never) {
    return take(paths(id), claim, wait);
  }
  agent::Answer take_as(std::uint32_t id) { return take_as(id, claim_of(id)); }
  Finding renew_as(std::uint32_t id, int path = 0) {
    test::SimulatedPath lane(disk, static_cast<int>(id) * 10 + path);
    return renew(lane, claim_of(id));
  }
  Paths paths(std::uint32_t id) {
    const int first = static_cast<int>(id) * 10;
    return paths_to(disk, {first, first + 1});
  }
  void holds(std::uint32_t id) {
    EXPECT_EQ(disk.keys(), only(id));
    ASSERT_TRUE(disk.holder);
    EXPECT_EQ(disk.registered.at(*disk.holder), key_of(node(id)));
    EXPECT_EQ(disk.type, 5);
  }
  SimulatedDisk disk;
};

TEST_F(DiskTest, AFreeDiskIsReservedOverEveryPath) {
  EXPECT_EQ(take_as(1).code, ExitCode::success);
  holds(1);
  EXPECT_EQ(disk.registered.size(), 2U);
  EXPECT_FALSE(disk.may_write(20));
}

TEST_F(DiskTest, WhatHappenedBeforeIsNoAnswer) {
  disk.attention = {10, 11};
  EXPECT_EQ(take_as(1).code, ExitCode::success);
  holds(1);
}

TEST_F(DiskTest, GivenBackNothingIsLeft) {
  take_as(1);
  EXPECT_EQ(give_back(paths(1), node(1), Type::write_exclusive).code, ExitCode::success);
  EXPECT_TRUE(disk.registered.empty());
  EXPECT_FALSE(disk.holder);
}

TEST_F(DiskTest, GivenBackOverThePathThatIsLeft) {
  take_as(1);
  disk.cut = {10};
  EXPECT_EQ(give_back(paths(1), node(1), Type::write_exclusive).code, ExitCode::success);
  EXPECT_TRUE(disk.registered.empty());
  EXPECT_FALSE(disk.holder);
}

TEST_F(DiskTest, ADeadDeviceCanBeLeftBehind) {
  take_as(1);
  disk.cut = {10, 11};
  const auto answer = give_back(paths(1), node(1), Type::write_exclusive);
  EXPECT_EQ(answer.code, ExitCode::success);
  EXPECT_THAT(answer.text, HasSubstr("key stays until another node preempts it"));
}

TEST_F(DiskTest, TheTakerPreemptsWhomItHasMet) {  // B2
  take_as(1);
  EXPECT_EQ(take_as(2).code, ExitCode::success);
  holds(2);
  EXPECT_FALSE(disk.may_write(10));
  EXPECT_FALSE(disk.may_write(11));
}

TEST_F(DiskTest, AKeyThatADeadNodeLeftIsPreempted) {
  disk.registered[30] = key_of(node(3));
  EXPECT_EQ(take_as(1).code, ExitCode::success);
  holds(1);
}

TEST_F(DiskTest, FromALivingNodeThatWasNotMetNothingIsTaken) {  // B2: after its reboot it does not take the disk back
  take_as(2);
  const auto before = disk.registered;
  const Wait renewing = [&](Millis) { EXPECT_EQ(renew_as(2).found, Found::held); };
  const auto answer = take_as(1, claim_of(1, {1}), renewing);
  EXPECT_EQ(answer.code, ExitCode::held_elsewhere);
  EXPECT_THAT(answer.text, HasSubstr("in use by node beta, which lives"));
  EXPECT_EQ(disk.registered, before);
  holds(2);
}

TEST_F(DiskTest, FromASilentNodeThatWasNotMetItIsTakenAfterTwoRenewals) {
  take_as(2);
  Millis waited{0};
  const auto answer = take_as(1, claim_of(1, {1}), [&](Millis time) { waited += time; });
  EXPECT_EQ(answer.code, ExitCode::success) << answer.text;
  EXPECT_GE(waited, renewal_interval * 2);
  holds(1);
}

TEST_F(DiskTest, ForeignKeysAreRefused) {
  disk.registered[90] = Key{0xf00};
  const auto answer = take_as(1);
  EXPECT_EQ(answer.code, ExitCode::generic);
  EXPECT_THAT(answer.text, HasSubstr("has the key 0x0000000000000f00, which is not of this cluster"));
  EXPECT_EQ(disk.keys(), std::set<std::uint64_t>{0xf00});
  EXPECT_EQ(suitable(paths(1), node(1), Type::write_exclusive).code, ExitCode::generic);
}

TEST_F(DiskTest, AnotherClusterOfTheSameNodesIsForeign) {
  Self other = node(2);
  other.cluster ^= 1;
  disk.registered[90] = key_of(other);
  EXPECT_EQ(take_as(1).code, ExitCode::generic);
}

TEST_F(DiskTest, WithoutReservationsItIsNotInstalledHere) {
  disk.knows_reservations = false;
  const auto answer = suitable(paths(1), node(1), Type::write_exclusive);
  EXPECT_EQ(answer.code, ExitCode::not_installed);
  EXPECT_THAT(answer.text, HasSubstr("/dev/sd10 does not support persistent reservations"));
}

TEST_F(DiskTest, TwoDisksAreNotTwoPaths) {
  SimulatedDisk other;
  other.unit = "naa.2";
  Paths mixed = paths_to(disk, {10});
  mixed.push_back(std::make_unique<test::SimulatedPath>(other, 11));
  EXPECT_THAT(suitable(mixed, node(1), Type::write_exclusive).text,
              HasSubstr("/dev/sd10 and /dev/sd11 are two disks, not two paths to one"));
}

TEST_F(DiskTest, OnePathIsEnough) {
  disk.cut = {10};
  EXPECT_EQ(suitable(paths(1), node(1), Type::write_exclusive).code, ExitCode::success);
  EXPECT_EQ(take_as(1).code, ExitCode::success);
  holds(1);
  EXPECT_EQ(renew_as(1, 0).found, Found::open);
  EXPECT_EQ(renew_as(1, 1).found, Found::held);
  disk.cut.clear();
  EXPECT_EQ(renew_as(1, 0).found, Found::held);
  EXPECT_TRUE(disk.may_write(10));
}

TEST_F(DiskTest, WithoutPreemptAndAbortThereIsNoTakeover) {
  take_as(1);
  disk.unknown_out = {5};
  const auto answer = take_as(2);
  EXPECT_EQ(answer.code, ExitCode::generic);
  EXPECT_THAT(answer.text, HasSubstr("PREEMPT AND ABORT"));
  holds(1);
}

TEST_F(DiskTest, ARenewalIsSeenByTheGeneration) {
  take_as(1);
  const auto before = disk.generation;
  EXPECT_EQ(renew_as(1).found, Found::held);
  EXPECT_GT(disk.generation, before);
}

TEST_F(DiskTest, APreemptedNodeHasLostItAndStaysOut) {
  take_as(1);
  take_as(2);
  const auto finding = renew_as(1);
  EXPECT_EQ(finding.found, Found::lost);
  EXPECT_EQ(finding.text, "node beta has taken device /dev/sd10");
  holds(2);
}

TEST_F(DiskTest, TakenAndGivenBackIsLostToo) {
  take_as(1);
  take_as(2);
  give_back(paths(2), node(2), Type::write_exclusive);
  EXPECT_EQ(renew_as(1).found, Found::lost);
  EXPECT_TRUE(disk.registered.empty());
}

TEST_F(DiskTest, ADiskThatForgotIsReservedAgain) {
  take_as(1);
  disk.forget();
  EXPECT_EQ(renew_as(1).found, Found::held);
  EXPECT_EQ(renew_as(1, 1).found, Found::held);
  holds(1);
}

TEST_F(DiskTest, ADiskThatForgotAndWasTakenIsLost) {
  take_as(1);
  disk.forget();
  take_as(2);
  give_back(paths(2), node(2), Type::write_exclusive);
  EXPECT_EQ(renew_as(1).found, Found::lost);
}

TEST_F(DiskTest, AStrangerSinceItsLoginIsRegisteredAgain) {
  take_as(1);
  disk.registered[99] = disk.registered.at(10);  // as tgtd keeps a session that is gone
  disk.registered.erase(10);
  disk.holder = 99;
  EXPECT_EQ(renew_as(1).found, Found::held);
  EXPECT_TRUE(disk.may_write(10));
}

TEST_F(DiskTest, TheHoldersPathGoesAndTheReservationWithIt) {
  take_as(1);
  disk.registered.erase(10);
  disk.holder.reset();
  EXPECT_EQ(renew_as(1, 1).found, Found::held);
  holds(1);
}

/// However the commands of both fall between each other, the one that was preempted ends without a registration.
TEST_F(DiskTest, ATakeoverBetweenAnyTwoCommandsOfARenewal) {
  for (const bool as_stranger : {false, true})
    for (int place = 0; place < 12; ++place) {
      disk = SimulatedDisk{};
      ASSERT_EQ(take_as(1).code, ExitCode::success);
      if (as_stranger) {
        disk.registered.erase(10);
        disk.holder = 11;
      }
      int count = 0;
      bool inside = false;
      disk.before = [&](int nexus) {
        if (inside || nexus != 10 || count++ != place) return;
        inside = true;
        EXPECT_EQ(take_as(2).code, ExitCode::success);
        inside = false;
      };
      renew_as(1);
      disk.before = nullptr;
      if (count <= place) {
        EXPECT_EQ(take_as(2).code, ExitCode::success);
      }
      EXPECT_EQ(renew_as(1).found, Found::lost) << place << as_stranger;
      EXPECT_EQ(renew_as(2).found, Found::held) << place << as_stranger;
      holds(2);
    }
}

/// Two that take it at the same time: in the end one has it, and the other knows that it has not.
TEST_F(DiskTest, TwoTakersAtOnce) {
  for (int place = 0; place < 20; ++place) {
    disk = SimulatedDisk{};
    int count = 0;
    bool inside = false;
    disk.before = [&](int nexus) {
      if (inside || nexus / 10 != 1 || count++ != place) return;
      inside = true;
      EXPECT_EQ(take_as(2).code, ExitCode::success);
      inside = false;
    };
    const auto first = take_as(1);
    const bool has = first.code == ExitCode::success;
    disk.before = nullptr;
    if (count <= place) break;
    EXPECT_TRUE(has || first.code == ExitCode::held_elsewhere) << first.text;
    holds(has ? 1 : 2);
    EXPECT_EQ(renew_as(has ? 2 : 1).found, Found::lost);
  }
}

TEST(DiskKey, TellsWhoseItIs) {
  EXPECT_EQ(to_text(key_of(node(2))), "0x48461234abcd0002");
  EXPECT_EQ(owner_of(key_of(node(1)), node(1)), Owner::us);
  EXPECT_EQ(owner_of(key_of(node(2)), node(1)), Owner::other_node);
  EXPECT_EQ(owner_of(Key{0}, node(1)), Owner::foreign);
  EXPECT_EQ(name_of(key_of(node(2)), node(1)), "node beta");
  EXPECT_EQ(name_of(key_of(node(9)), node(1)), "node 9");
}

TEST(DiskProtocol, ThePreemptionByteForByte) {  // SPC-4, 6.16
  const Request request = preempt_and_abort(Key{0x0102030405060708}, Key{0x1112131415161718}, Type::write_exclusive);
  EXPECT_EQ(request.cdb, (Bytes{0x5f, 5, 5, 0, 0, 0, 0, 0, 24, 0}));
  EXPECT_EQ(request.out,
            (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(register_path(Key{1}, Lasting::yes).out[20], 1);
}

TEST(DiskProtocol, BrokenAnswersAreToldFromSoundOnes) {
  EXPECT_TRUE(parse_keys(Bytes{0, 0, 0, 1, 0, 0, 0, 0})->all.empty());
  for (const Bytes& broken : {Bytes{}, Bytes{0, 0, 0, 1}, Bytes{0, 0, 0, 1, 0, 0, 0, 8},
                              Bytes{0, 0, 0, 1, 255, 255, 255, 255}, Bytes{0, 0, 0, 1, 0, 0, 0, 4, 1, 2, 3, 4}})
    EXPECT_FALSE(parse_keys(broken));
  EXPECT_FALSE(parse_reservation(Bytes{0, 0, 0, 1, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_FALSE(parse_capabilities(Bytes{0, 8, 1}));
  EXPECT_FALSE(parse_device_type({}));
  EXPECT_FALSE(parse_identification(Bytes{0, 0x83, 0, 8, 1, 3, 0, 200}));
}

TEST(DiskProtocol, SenseIsRead) {
  EXPECT_EQ(judge(0x18, {}).outcome, Outcome::conflict);
  EXPECT_EQ(judge(2, Bytes{0x72, 5, 0x20, 0, 0, 0, 0, 0}).outcome, Outcome::unsupported);
  EXPECT_EQ(judge(2, Bytes{0x72, 5, 0x26, 4, 0, 0, 0, 0}).outcome, Outcome::failed);
  EXPECT_EQ(judge(2, Bytes{0x72, 6, 0x2a, 3, 0, 0, 0, 0}).outcome, Outcome::attention);
  EXPECT_EQ(judge(2, {}).outcome, Outcome::failed);
}

/// The program as it is called, where there is no such disk.
struct DiskProgram : ::testing::Test {
  test::Folder folder;
  test::Agent agent{"disk", {{"device", "/dev/null"}}, folder.path(), "shared"};

  void answers(const std::string& action, int code, const std::string& text) {
    const auto result = agent.call(action);
    EXPECT_EQ(result.exit_code, code) << result.output;
    EXPECT_THAT(result.output, HasSubstr(text));
  }
};

TEST_F(DiskProgram, WrongParametersGetOneLineEach) {
  agent.parameters["type"] = "exclusive";
  answers("validate-all", 6, "parameter type = \"exclusive\": allowed are write-exclusive and exclusive-access");
  agent.parameters = {{"device", "sda"}};
  answers("validate-all", 6, "parameter device = \"sda\": must be a block device below /dev");
  agent.parameters = {{"device", "/dev/sda"}, {"paths", "[\"/dev/sda\"]"}};
  answers("validate-all", 6, "parameter paths: /dev/sda stands twice");
  agent.parameters = {};
  answers("validate-all", 6, "parameter device is missing");
}

TEST_F(DiskProgram, WithoutTheClustersWordNothingIsTaken) {
  answers("start", 6, "HOLDFAST_CLUSTER_ID and HOLDFAST_NODE_ID do not say whose key it is; holdfastd sets them");
}

/// The watch where no disk answers.
struct DiskWatch : ::testing::Test {
  test::Folder folder;
  Settings settings{"shared", {"/dev/null"}, claim_of(1), folder.path() + "/process/shared"};
};

TEST_F(DiskWatch, WithoutTheReservationItDoesNotBegin) {
  const auto answer = begin_watch(settings, "", Millis{300});
  EXPECT_EQ(answer.code, ExitCode::generic);
  EXPECT_EQ(answer.text, "the watch did not see the reservation within 300 ms");
  EXPECT_TRUE(end_watch(settings));
  EXPECT_FALSE(running_watch(settings));
}

TEST_F(DiskWatch, ThereIsNeverASecondOne) {
  test::shell("mkdir -p " + folder.path() + "/process");
  const Descriptor lock{open((settings.record + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  ASSERT_EQ(flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(begin_watch(settings, "", Millis{5000}).text,
            "an earlier watch of this disk has not ended: the kernel holds it in a command");
  EXPECT_FALSE(running_watch(settings));
}

}  // namespace
}  // namespace holdfast::agent::disk
