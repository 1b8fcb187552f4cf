// The journal's files: bounded, for root only, and a disk that does not take them.
#include "adapters/files/journal_folder.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../temporary_folder.h"
#include "adapters/files/background_store.h"

namespace holdfast::files {
namespace {

struct Folder : testing::Test {
  JournalFolderSettings settings() {
    JournalFolderSettings settings;
    settings.folder = folder / "journal";
    settings.head.node = NodeId{2};
    settings.head.name = "beta";
    settings.segments = 3;
    settings.segment_bytes = 4000;
    settings.reserve = 0;
    settings.longest_queue = 100'000;
    settings.wake = [this] { ++woken; };
    return settings;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "journal"))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string bytes_of(const std::string& name) const {
    std::ifstream file(folder / "journal" / name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  /// Steps in the file, by their position's number; -1 at damage.
  std::vector<int> steps_of(const std::string& name) const {
    const std::string bytes = bytes_of(name);
    std::vector<int> steps;
    auto reader = wire::JournalReader::open(bytes);
    while (reader) {
      const auto record = reader->next();
      if (!record) return {-1};
      if (!*record) break;
      if (const auto* step = std::get_if<wire::JournalStep>(&**record))
        steps.push_back(static_cast<int>(step->position.number));
    }
    return steps;
  }
  static std::string step(std::uint64_t number, std::size_t padding = 0) {
    wire::JournalStep step;
    step.position.number = number;
    ResourceChanged change;
    change.fact.cause = std::string(padding, 'x');
    step.event = change;
    return wire::encode_step(step);
  }

  TemporaryFolder folder;
  int woken = 0;
};

TEST_F(Folder, WritesSegmentsForRootOnly) {
  JournalFolder journal(settings());
  const auto work = journal.work();
  journal.begin(step(1));
  journal.append(step(2));
  EXPECT_EQ(woken, 2);
  EXPECT_FALSE(journal.takes());
  EXPECT_EQ(journal.standing().segments, 0U);
  work();
  EXPECT_TRUE(journal.takes());
  EXPECT_EQ(journal.standing().segments, 1U);
  journal.append(step(3));
  journal.begin(step(4));
  journal.append(step(5));
  work();
  EXPECT_EQ(journal.standing().segments, 2U);
  ASSERT_THAT(names(), testing::ElementsAre("beta-0000000001.journal", "beta-0000000002.journal"));
  EXPECT_THAT(steps_of("beta-0000000001.journal"), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(steps_of("beta-0000000002.journal"), testing::ElementsAre(4, 5));
  struct stat file {};
  ASSERT_EQ(::stat((folder / "journal" / "beta-0000000001.journal").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder / "journal").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0700U);
}

TEST_F(Folder, CountsOnOverLives) {
  for (int life = 0; life < 2; ++life) {
    JournalFolder journal(settings());
    journal.begin(step(1));
    journal.work()();
  }
  EXPECT_THAT(names(), testing::ElementsAre("beta-0000000001.journal", "beta-0000000002.journal"));
}

TEST_F(Folder, KeepsWhatFitsIntoItsSegments) {
  JournalFolder journal(settings());
  for (std::uint64_t i = 1; i <= 8; ++i) {
    journal.begin(step(i, 3900));
    journal.work()();
  }
  EXPECT_THAT(names(), testing::ElementsAre("beta-0000000007.journal", "beta-0000000008.journal"));
  std::uintmax_t bytes = 0;
  for (const std::string& name : names()) bytes += bytes_of(name).size();
  EXPECT_LE(bytes, 3U * 4000U);
}

TEST_F(Folder, KeepsTheSegmentsOfManyShortLives) {
  JournalFolder journal(settings());
  for (std::uint64_t i = 1; i <= 20; ++i) journal.begin(step(i));
  journal.work()();
  EXPECT_EQ(names().size(), 20U) << "all together they are small";
  for (std::uint64_t i = 1; i <= 200; ++i) journal.begin(step(i));
  journal.work()();
  EXPECT_EQ(names().size(), 48U);
}

TEST_F(Folder, TellsThatItCannotBeMade) {
  std::ofstream(folder / "journal") << "a file in its place";
  JournalFolder journal(settings());
  journal.begin(step(1));
  journal.append(step(2));
  journal.work()();
  EXPECT_THAT(journal.standing().trouble, testing::HasSubstr("journal: Not a directory"));
  EXPECT_EQ(journal.standing().lost, 2U);
  journal.append(step(3));
  EXPECT_EQ(journal.standing().lost, 3U);
  std::filesystem::remove(folder / "journal");
  ASSERT_TRUE(journal.takes());
  journal.begin(step(4));
  EXPECT_EQ(journal.standing().trouble, "");
  journal.work()();
  EXPECT_EQ(journal.standing().segments, 2U);
  EXPECT_THAT(steps_of("beta-0000000001.journal"), testing::ElementsAre(4));
}

TEST_F(Folder, LosesWhatADiskThatHangsCannotTake) {
  JournalFolder journal(settings());
  journal.begin(step(1));
  for (std::uint64_t i = 2; i <= 40; ++i) journal.append(step(i, 10'000));  // and work() is not called
  EXPECT_THAT(journal.standing().trouble, testing::HasSubstr("the disk does not keep up"));
  EXPECT_GT(journal.standing().lost, 20U);
  EXPECT_FALSE(journal.takes());
  journal.work()();
  EXPECT_TRUE(journal.takes());
  EXPECT_EQ(steps_of("beta-0000000001.journal").size() + journal.standing().lost, 40U);
  EXPECT_THAT(journal.standing().trouble, testing::HasSubstr("does not keep up")) << "until the next segment";
}

TEST_F(Folder, IsWrittenByTheThreadOfTheStateFile) {
  std::unique_ptr<BackgroundStore> store;
  JournalFolderSettings given = settings();
  given.wake = [&] { store->wake(); };
  JournalFolder journal(given);
  store = std::make_unique<BackgroundStore>(
      BackgroundStoreSettings{.write = [](const DurableState&) { return Result<void>(); },
                              .read = [] { return Result<std::optional<DurableState>>(std::nullopt); },
                              .post = [](const std::function<void()>&) {},
                              .also = journal.work()});
  journal.begin(step(1));
  journal.append(step(2));
  store.reset();  // what was handed over is written
  EXPECT_THAT(steps_of("beta-0000000001.journal"), testing::ElementsAre(1, 2));
}

/// A file system of 256 KiB, in a mount namespace of this process.
class FullJournalDisk : public Folder {
 protected:
  void SetUp() override {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0)
      GTEST_SKIP() << "needs the right to mount";
  }
  void TearDown() override { ::umount(folder.path().c_str()); }
};

TEST_F(FullJournalDisk, EndsWithItsLastWholeRecord) {
  JournalFolder journal(settings());
  journal.begin(step(1));
  journal.append(step(2, 90'000));
  journal.work()();
  EXPECT_EQ(journal.standing().trouble, "");
  journal.append(step(3, 90'000));
  journal.work()();
  journal.append(step(4, 90'000));
  journal.work()();
  EXPECT_THAT(journal.standing().trouble, testing::HasSubstr("No space left on device"));
  EXPECT_EQ(journal.standing().lost, 1U);
  EXPECT_THAT(steps_of("beta-0000000001.journal"), testing::ElementsAre(1, 2, 3));
}

TEST_F(FullJournalDisk, LeavesRoomForTheStateFile) {
  JournalFolderSettings given = settings();
  given.reserve = 128 * 1024;
  JournalFolder journal(given);
  journal.begin(step(1));
  journal.append(step(2, 90'000));
  journal.work()();
  EXPECT_EQ(journal.standing().trouble, "");
  journal.append(step(3, 50'000));
  journal.work()();
  EXPECT_THAT(journal.standing().trouble, testing::HasSubstr("what is left is for the state file"));
  EXPECT_THAT(steps_of("beta-0000000001.journal"), testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace holdfast::files
