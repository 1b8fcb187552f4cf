// G1, `storage`, with real files: two nodes beside each other, a path that is not shared, storage that hangs.
#include "adapters/witness/storage_witness.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "base/descriptor.h"
#include "unit/process/loop.h"
#include "unit/temporary_folder.h"

namespace holdfast::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const NodeId alpha{1}, beta{2};

class StorageWitnessTest : public testing::Test {
 protected:
  std::unique_ptr<StorageWitness> start(NodeId self, const std::string& file, const std::string& cluster = "demo") {
    StorageWitnessSettings settings;
    settings.path = folder_ / file;
    settings.cluster = cluster;
    settings.self = self;
    settings.nodes = {{alpha, "alpha"}, {beta, "beta"}};
    settings.interval = Millis{50};
    settings.life = 1;
    return std::make_unique<StorageWitness>(loop_.context(), settings);
  }
  WitnessAnswer ask(StorageWitness& witness, const std::vector<NodeId>& members) {
    std::optional<WitnessAnswer> out;
    witness.ask(members, [&](WitnessAnswer answer) { out = std::move(answer); });
    EXPECT_FALSE(out) << "the answer came from within ask()";
    EXPECT_TRUE(loop_.run_until([&] { return out.has_value(); }));
    return out.value_or(WitnessAnswer{});
  }
  /// Asks again and again until the answer is as it shall be.
  WitnessAnswer ask_until(StorageWitness& witness, const std::vector<NodeId>& members,
                          const std::function<bool(const WitnessAnswer&)>& reached) {
    WitnessAnswer last;
    for (int i = 0; i < 200; ++i) {
      last = ask(witness, members);
      if (reached(last)) return last;
      loop_.run_until([] { return false; }, std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "never came about; the last answer: " << last.text;
    return last;
  }

  TemporaryFolder folder_;
  Loop loop_;
};

TEST_F(StorageWitnessTest, SeesWhoLivesAndWhoIsDead) {
  auto one = start(alpha, "marks");
  auto other = start(beta, "marks");
  ask_until(*one, {alpha, beta}, [](const auto& a) { return a.quorate && a.fresh.contains(beta); });
  EXPECT_THAT(ask(*one, {alpha}).fresh, ElementsAre(beta)) << "not heard, but it lives";
  other.reset();
  const WitnessAnswer dead = ask_until(*one, {alpha}, [](const auto& a) { return a.fresh.empty(); });
  EXPECT_TRUE(dead.quorate);
}

TEST_F(StorageWitnessTest, TellsOfAChange) {
  auto one = start(alpha, "marks");
  int changes = 0;
  one->watch([&] { ++changes; });
  ASSERT_TRUE(loop_.run_until([&] { return changes > 0; }));
  auto other = start(beta, "marks");
  ask_until(*one, {alpha}, [](const auto& a) { return a.fresh.contains(beta); });
  const int before = changes;
  other.reset();
  EXPECT_TRUE(loop_.run_until([&] { return changes > before; }));
}

TEST_F(StorageWitnessTest, FindsAPathThatIsNotShared) {
  auto one = start(alpha, "marks-of-alpha");
  auto other = start(beta, "marks-of-beta");
  const WitnessAnswer answer =
      ask_until(*one, {alpha, beta}, [](const auto& a) { return a.text.find("is not shared") != std::string::npos; });
  EXPECT_THAT(answer.text, HasSubstr("beta is in the view, and its mark there is not renewed"));
  EXPECT_THAT(ask(*one, {alpha}).fresh, ElementsAre(beta)) << "nothing proves that it is dead";
}

TEST_F(StorageWitnessTest, DoesNotOverwriteWhatIsNotOurs) {
  put(folder_ / "disk", std::string(64 * 1024, 'F'));
  auto one = start(alpha, "disk");
  const WitnessAnswer answer = ask(*one, {alpha});
  EXPECT_FALSE(answer.quorate);
  EXPECT_THAT(answer.text, HasSubstr("holds something else at byte 4096; nothing was written"));
  EXPECT_EQ(content_of(folder_ / "disk"), std::string(64 * 1024, 'F'));
}

TEST_F(StorageWitnessTest, RefusesTheMarksOfAnotherCluster) {
  auto theirs = start(alpha, "marks", "other");
  ask_until(*theirs, {alpha}, [](const auto& a) { return a.quorate; });
  theirs.reset();
  auto one = start(alpha, "marks");
  const WitnessAnswer answer = ask(*one, {alpha});
  EXPECT_FALSE(answer.quorate);
  EXPECT_THAT(answer.text, HasSubstr("the marks of the cluster other"));
}

TEST_F(StorageWitnessTest, WithoutStorageThereIsNoQuorum) {
  auto one = start(alpha, "no-such-folder/marks");
  const WitnessAnswer answer = ask(*one, {alpha});
  EXPECT_FALSE(answer.quorate);
  EXPECT_THAT(answer.text, HasSubstr("No such file or directory"));
  std::filesystem::create_directory(folder_ / "no-such-folder");
  ask_until(*one, {alpha}, [](const auto& a) { return a.quorate; });
}

/// As long as somebody holds a lease on a file, opening it hangs, as does a file of a dead NFS server (fcntl(2)).
class HungFile {
 public:
  explicit HungFile(const std::string& path) : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    signal(SIGIO, SIG_IGN);
    hangs = fcntl(file_.get(), F_SETLEASE, F_WRLCK) == 0;
  }
  bool hangs = false;

 private:
  Descriptor file_;
};

TEST_F(StorageWitnessTest, StorageThatHangsStopsNobody) {
  const HungFile hung(folder_ / "hung");
  ASSERT_TRUE(hung.hangs) << std::strerror(errno);
  const auto begin = std::chrono::steady_clock::now();
  {
    auto one = start(alpha, "hung");
    const WitnessAnswer answer = ask(*one, {alpha});
    EXPECT_FALSE(answer.quorate);
    EXPECT_THAT(answer.text, HasSubstr("has not answered for"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

}  // namespace
}  // namespace holdfast::test
