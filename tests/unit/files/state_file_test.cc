#include "adapters/files/state_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../temporary_folder.h"
#include "sample_state.h"

namespace holdfast::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(StateFile, FindsNothingOnTheFirstStart) {
  const TemporaryFolder folder;
  EXPECT_EQ(loaded_by(StateFile(folder / "state")), std::nullopt);
  EXPECT_EQ(loaded_by(StateFile(folder / "missing" / "state")), std::nullopt);
}

TEST(StateFile, LoadsWhatItSaved) {
  const TemporaryFolder folder;
  const auto file = folder / "holdfast" / "state";  // the folder is made
  StateFile store(file);
  ASSERT_TRUE(store.save(sample_state(1)));
  ASSERT_TRUE(store.save(sample_state(2)));
  EXPECT_EQ(loaded_by(StateFile(file)), std::optional(sample_state(2)));
  struct stat found {};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST(StateFile, ALeftOverTemporaryFileIsNoHindrance) {
  const TemporaryFolder folder;
  put(folder / "state.new", "half a st");
  StateFile store(folder / "state");
  EXPECT_EQ(loaded_by(store), std::nullopt);
  ASSERT_TRUE(store.save(sample_state(3)));
  EXPECT_EQ(loaded_by(store), std::optional(sample_state(3)));
}

void expect_put_aside(const TemporaryFolder& folder, const std::string& bytes, const std::string& why) {
  put(folder / "state", bytes);
  StateFile store(folder / "state");
  const auto loaded = store.load();
  ASSERT_FALSE(loaded) << why;
  EXPECT_THAT(loaded.error().text, HasSubstr((folder / "state").string() + " is damaged: " + why));
  const auto names = folder.names();
  ASSERT_THAT(names, ElementsAre(MatchesRegex("state\\.damaged-[0-9]{8}T[0-9]{6}Z")));
  EXPECT_THAT(loaded.error().text, HasSubstr("; put aside as " + (folder / names[0]).string()));
  EXPECT_EQ(content_of(folder / names[0]), bytes);
  EXPECT_EQ(loaded_by(store), std::nullopt);
  std::filesystem::remove(folder / names[0]);
}

std::string good_bytes(const TemporaryFolder& folder) {
  EXPECT_TRUE(StateFile(folder / "state").save(sample_state(1)));
  std::string bytes = content_of(folder / "state");
  std::filesystem::remove(folder / "state");
  return bytes;
}

TEST(StateFile, AFileTruncatedAtAnyLengthIsPutAside) {
  const TemporaryFolder folder;
  const std::string good = good_bytes(folder);
  for (std::size_t length = 0; length < good.size(); ++length)
    ASSERT_NO_FATAL_FAILURE(expect_put_aside(folder, good.substr(0, length), "it")) << length;
}

// Not bit 5: it only turns a small hex digit of the checksum into a capital one.
TEST(StateFile, AFileWithAnyByteChangedIsPutAside) {
  const TemporaryFolder folder;
  const std::string good = good_bytes(folder);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 5)));
    ASSERT_NO_FATAL_FAILURE(expect_put_aside(folder, bad, "it")) << at;
  }
}

TEST(StateFile, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const std::string good = good_bytes(folder);
  expect_put_aside(folder, "[cluster]\n", "it does not begin with \"holdfast-state\"");
  expect_put_aside(folder, "holdfast-state 2 ", "it is of format 2; this build reads 1");
  expect_put_aside(folder, "holdfast-state x", "its first line is broken");
  expect_put_aside(folder, good + "x", "it has ");
  std::string bad = good;
  bad.back() = static_cast<char>(bad.back() + 1);
  expect_put_aside(folder, bad, "its checksum does not fit");
}

TEST(StateFile, SeveralDamagedFilesInOneSecondAreAllKept) {
  const TemporaryFolder folder;
  for (int i = 0; i < 3; ++i) {
    put(folder / "state", "damage " + std::to_string(i));
    EXPECT_FALSE(StateFile(folder / "state").load());
  }
  EXPECT_EQ(folder.names().size(), 3U);
}

TEST(StateFile, AFileOfHostileLengthIsNotRead) {
  const TemporaryFolder folder;
  put(folder / "state", "");
  std::filesystem::resize_file(folder / "state", 1ULL << 40);  // sparse
  const auto loaded = StateFile(folder / "state").load();
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().text, HasSubstr("state is longer than the "));
}

TEST(StateFile, WhatCannotBeReadStaysWhereItIs) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "state");
  const auto loaded = StateFile(folder / "state").load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text, "cannot read " + (folder / "state").string() + ": Is a directory");
  EXPECT_THAT(folder.names(), ElementsAre("state"));
}

TEST(StateFile, AFolderThatCannotBeWrittenIsOneClearError) {
  const TemporaryFolder folder;
  put(folder / "file", "");
  const auto below_file = StateFile(folder / "file" / "state").save(sample_state(1));
  ASSERT_FALSE(below_file);
  EXPECT_EQ(below_file.error().text, "cannot write " + (folder / "file" / "state.new").string() + ": Not a directory");
  const auto missing = StateFile(folder / "a" / "b" / "state").save(sample_state(1));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text,
            "cannot make folder " + (folder / "a" / "b").string() + ": No such file or directory");
}

TEST(StateFile, AFolderClosedToUsIsOneClearError) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  const TemporaryFolder folder;
  ASSERT_TRUE(StateFile(folder / "state").save(sample_state(1)));
  constexpr uid_t nobody = 65534;
  ASSERT_EQ(::seteuid(nobody), 0);
  const auto loaded = StateFile(folder / "state").load();
  const auto saved = StateFile(folder / "state").save(sample_state(2));
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text, "cannot read " + (folder / "state").string() + ": Permission denied");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().text, "cannot write " + (folder / "state.new").string() + ": Permission denied");
  EXPECT_EQ(loaded_by(StateFile(folder / "state")), std::optional(sample_state(1)));
}

}  // namespace
}  // namespace holdfast::files
