#include "adapters/files/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../temporary_folder.h"

namespace holdfast::files {
namespace {

std::string error_of(const std::filesystem::path& file, uid_t owner = ::geteuid()) {
  const auto checked = check_key_file(file, owner);
  return checked ? "" : checked.error().text;
}

TEST(KeyFile, ANewOneIsGood) {
  const TemporaryFolder folder;
  ASSERT_TRUE(create_key_file(folder / "one"));
  ASSERT_TRUE(create_key_file(folder / "other"));
  EXPECT_EQ(error_of(folder / "one"), "");
  EXPECT_EQ(content_of(folder / "one").size(), 256U);
  EXPECT_NE(content_of(folder / "one"), content_of(folder / "other"));
}

TEST(KeyFile, IsNeverOverwritten) {
  const TemporaryFolder folder;
  put(folder / "key", "mine");
  const auto created = create_key_file(folder / "key");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().text, (folder / "key").string() + " exists already; a key is never overwritten");
  EXPECT_EQ(content_of(folder / "key"), "mine");
}

TEST(KeyFile, WhatIsWrongIsSaid) {
  const TemporaryFolder folder;
  const auto key = folder / "key";
  const std::string name = "key file " + key.string() + ": ";
  EXPECT_EQ(error_of(key), name + "there is no such file");
  EXPECT_EQ(error_of(folder.path()), "key file " + folder.path().string() + ": it is not a plain file");
  ASSERT_TRUE(create_key_file(key));
  EXPECT_EQ(error_of(key, 4711), name + "its owner is user " + std::to_string(::geteuid()) + "; it must be 4711");
  ::chmod(key.c_str(), 0640);
  EXPECT_EQ(error_of(key), name + "its mode is 0640; it must be 0600");
  ::chmod(key.c_str(), 0400);
  EXPECT_EQ(error_of(key), "");
  put(key, "");
  std::filesystem::resize_file(key, 128);
  EXPECT_EQ(error_of(key), name + "it has 128 bytes; a key has 256");
}

TEST(KeyFile, AFolderThatIsNotThereIsOneClearError) {
  const TemporaryFolder folder;
  const auto created = create_key_file(folder / "a" / "key");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().text, "cannot create " + (folder / "a" / "key").string() + ": No such file or directory");
}

}  // namespace
}  // namespace holdfast::files
