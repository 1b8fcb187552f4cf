// K1: the loss of an address is seen by netlink events, at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>

#include "adapters/process/watches.h"
#include "network.h"
#include "program.h"

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Seen {
  ResourceState state;
  std::string why;
};

class AddressWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    network_.here([this] {
      shell(
          "ip addr add 10.9.0.100/24 dev here0; ip addr add 10.9.0.101/24 dev here0;"
          "ip addr add fd00:9::100/64 dev here0 nodad");
      watch("four", "10.9.0.100/24");
      watch("six", "fd00:9::100/64");
    });
    loop_.run_for(20ms);
    ASSERT_TRUE(seen_.empty());
  }

  void watch(const std::string& name, const std::string& cidr) {
    const auto watching =
        watch_->watch(ResourceName{name}, cidr, "here0", [this, name](ResourceState state, std::string why) {
          seen_.push_back({state, name + ": " + std::move(why)});
        });
    ASSERT_TRUE(watching);
  }

  bool wait_for(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    network_.here([&] {
      while (seen_.size() < count && std::chrono::steady_clock::now() < end) loop_.run_one_for(50ms);
    });
    return seen_.size() >= count;
  }

  Network network_;
  boost::asio::io_context loop_;
  std::optional<AddressWatch> watch_{std::in_place, loop_};
  std::vector<Seen> seen_;
};

TEST_F(AddressWatchTest, AnAddressThatLeavesIsProof) {
  network_.here([] { shell("ip addr del 10.9.0.101/24 dev here0; ip addr del 10.9.0.100/24 dev here0"); });
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(seen_[0].state, ResourceState::failed);
  EXPECT_EQ(seen_[0].why, "four: address 10.9.0.100/24 left here0");
  EXPECT_EQ(seen_.size(), 1U) << "the other address is not ours";
  network_.here([] { shell("ip addr del fd00:9::100/64 dev here0"); });
  ASSERT_TRUE(wait_for(2));
  EXPECT_EQ(seen_[1].why, "six: address fd00:9::100/64 left here0");
}

TEST_F(AddressWatchTest, ALinkThatGoesDownIsAHint) {
  network_.there([] { shell("ip link set there0 down"); });
  ASSERT_TRUE(wait_for(2));
  for (const Seen& seen : seen_) {
    EXPECT_EQ(seen.state, ResourceState::unknown);
    EXPECT_THAT(seen.why, HasSubstr("interface here0 went down"));
  }
}

TEST_F(AddressWatchTest, UnwatchedItIsSilent) {
  watch_->unwatch(ResourceName{"four"});
  network_.here([] { shell("ip addr del 10.9.0.100/24 dev here0; ip addr del fd00:9::100/64 dev here0"); });
  ASSERT_TRUE(wait_for(1));
  EXPECT_THAT(seen_[0].why, HasSubstr("six"));
  EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(AddressWatchTest, WhatIsNoAddressIsRefused) {
  EXPECT_FALSE(watch_->watch(ResourceName{"x"}, "ten", "here0", [](ResourceState, const std::string&) {}));
}

}  // namespace
}  // namespace holdfast::test
