#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void feed(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

TEST(FuzzCorpus, EveryInputIsAnswered) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS)) {
    feed(content(entry.path()));
    ++count;
  }
  EXPECT_GT(count, 15);
}

TEST(FuzzCorpus, SoIsEveryInputWithAFewBytesChanged) {
  holdfast::Random random(7);
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS)) {
    const std::string good = content(entry.path());
    if (good.empty() || good.size() > 1000) continue;
    for (int round = 0; round < 300; ++round) {
      std::string bytes = good;
      for (std::int64_t change = random.between(1, 5); change > 0; --change)
        bytes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(bytes.size()) - 1))] =
            static_cast<char>(random.between(0, 255));
      feed(bytes);
    }
  }
}

}  // namespace
