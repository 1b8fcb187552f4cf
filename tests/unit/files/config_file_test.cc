// The configuration file is replaced whole, and the old one stays beside it (E2, V9).
#include "adapters/files/config_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>

#include "../temporary_folder.h"

namespace holdfast::files {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct ConfigFileTest : testing::Test {
  TemporaryFolder folder;
  std::filesystem::path file = folder / "holdfast.toml";

  void write(const std::string& text) { std::ofstream(file) << text; }
  std::string beside(const std::string& suffix) { return text_of(file.string() + "." + suffix); }
};

TEST_F(ConfigFileTest, KeepsTheOldOneAndTheMode) {
  write("one");
  ::chmod(file.c_str(), 0600);
  ASSERT_TRUE(replace_config_file(file, "two", "0"));
  EXPECT_EQ(text_of(file), "two");
  EXPECT_EQ(beside("0"), "one");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(ConfigFileTest, KeepsTwentyGenerationsAndEveryConflict) {
  write("0");
  ASSERT_TRUE(replace_config_file(file, "x", "conflict-00000000000000ab"));
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(replace_config_file(file, std::to_string(i + 1), std::to_string(i)));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".4"));
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".5"));
  EXPECT_EQ(beside("24"), "24");
  EXPECT_EQ(beside("conflict-00000000000000ab"), "0");
}

TEST_F(ConfigFileTest, AFolderThatIsNotThereIsAnError) {
  const auto failed = replace_config_file("/nowhere/holdfast.toml", "two", "0");
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text.find("/nowhere/holdfast.toml"), std::string::npos);
}

TEST_F(ConfigFileTest, AnswersOnTheOtherThread) {
  write("one");
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> posted;
  FileConfigFile config(file, [&](std::function<void()> call) {
    const std::lock_guard lock(mutex);
    posted = std::move(call);
    changed.notify_all();
  });
  EXPECT_EQ(config.read().value(), "one");
  bool written = false;
  config.replace("two", "0", [&](const Result<void>& result) { written = result.has_value(); });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return posted != nullptr; }));
  posted();
  EXPECT_TRUE(written);
  EXPECT_EQ(text_of(file), "two");
}

}  // namespace
}  // namespace holdfast::files
