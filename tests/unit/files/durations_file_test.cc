// Durations of operations, kept over restarts.
#include "adapters/files/durations_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "../temporary_folder.h"

namespace holdfast::files {
namespace {

using testing::HasSubstr;

struct Durations : testing::Test {
  TemporaryFolder folder;
  int woken = 0;
  std::filesystem::path path = folder.path() / "durations";
  Measurements some{{{NodeId{2}, ResourceName{"db"}, OperationKind::stop, {12, 300, 7}}}};

  DurationsFile file(std::size_t reserve = 0) {
    return DurationsFile({path, reserve, [this] { ++woken; }});
  }
};

TEST_F(Durations, AreThereAfterARestart) {
  EXPECT_EQ(*file().load(), Measurements{}) << "first start";
  DurationsFile before = file();
  before.save({});
  before.save(some);
  EXPECT_EQ(woken, 2);
  EXPECT_FALSE(std::filesystem::exists(path)) << "the loop does not wait for the disk";
  before.work()();
  EXPECT_EQ(*file().load(), some);
  std::filesystem::remove(path);
  before.work()();
  EXPECT_FALSE(std::filesystem::exists(path)) << "written once";
}

TEST_F(Durations, ADamagedFileIsNamedAndReplaced) {
  std::ofstream(path) << "holdfast-durations 1 00000000 3\nabc";
  EXPECT_THAT(file().load().error().text, HasSubstr(path.string() + " is damaged: its checksum does not fit"));
  DurationsFile next = file();
  next.save(some);
  next.work()();
  EXPECT_EQ(*file().load(), some);
}

TEST_F(Durations, LeaveTheLastOfTheDiskToTheState) {  // E2
  DurationsFile full = file(std::size_t{1} << 60);
  full.save(some);
  full.work()();
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace holdfast::files
