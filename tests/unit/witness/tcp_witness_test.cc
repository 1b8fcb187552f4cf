// G1, `tcp`, with real sockets on loopback.
#include "adapters/witness/tcp_witness.h"

#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <optional>

#include "unit/process/loop.h"

namespace holdfast::test {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;

class TcpWitnessTest : public testing::Test {
 protected:
  /// A port that accepts connections.
  TcpEndpoint open(const char* address = "127.0.0.1") {
    const auto host = boost::asio::ip::make_address(address);
    listening_.push_back(std::make_unique<tcp::acceptor>(loop_.context(), tcp::endpoint(host, 0)));
    return {address, listening_.back()->local_endpoint().port()};
  }
  /// A port where nobody listens.
  TcpEndpoint closed() {
    const TcpEndpoint out = open();
    listening_.pop_back();
    return out;
  }

  WitnessAnswer ask(TcpWitness& witness) {
    std::optional<WitnessAnswer> out;
    witness.ask({NodeId{1}}, [&](WitnessAnswer answer) { out = std::move(answer); });
    EXPECT_FALSE(out) << "the answer came from within ask()";
    EXPECT_TRUE(loop_.run_until([&] { return out.has_value(); }));
    return out.value_or(WitnessAnswer{});
  }
  WitnessAnswer ask(std::vector<TcpEndpoint> endpoints, Millis limit = Millis{500}) {
    TcpWitness witness(loop_.context(), {std::move(endpoints), limit});
    return ask(witness);
  }

  Loop loop_;
  std::vector<std::unique_ptr<tcp::acceptor>> listening_;
};

TEST_F(TcpWitnessTest, MoreThanHalfAreEnough) {
  EXPECT_TRUE(ask({open(), open("::1"), closed()}).quorate);
  EXPECT_FALSE(ask({open(), closed()}).quorate) << "half is not more than half";
  EXPECT_TRUE(ask({open()}).quorate);
  EXPECT_FALSE(ask({closed()}).quorate);
}

TEST_F(TcpWitnessTest, NamesWhoDidNotAnswer) {
  const TcpEndpoint silent = closed();
  const WitnessAnswer answer = ask({silent, open(), closed()});
  EXPECT_THAT(answer.text, HasSubstr("1 of 3 witnesses accept a connection"));
  EXPECT_THAT(answer.text, HasSubstr("127.0.0.1:" + std::to_string(silent.port)));
}

TEST_F(TcpWitnessTest, OneThatHangsDelaysNobodyLongerThanTheLimit) {
  // A listener whose queue is full takes no further connection: the kernel drops the SYN.
  const TcpEndpoint hung = open();
  listening_.back()->listen(0);
  std::vector<std::unique_ptr<tcp::socket>> filling;
  for (int i = 0; i < 4; ++i) {
    filling.push_back(std::make_unique<tcp::socket>(loop_.context()));
    filling.back()->async_connect({boost::asio::ip::make_address(hung.host), hung.port}, [](auto) {});
  }
  loop_.run_until([] { return false; }, std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(ask({hung, closed()}, Millis{300}).quorate);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, std::chrono::milliseconds(300));
  EXPECT_LT(took, std::chrono::seconds(2));
  EXPECT_TRUE(ask({hung, open(), open()}, Millis{10'000}).quorate) << "a majority need not wait for it";
}

TEST_F(TcpWitnessTest, NamesAreLookedUpBesideTheLoop) {
  const TcpEndpoint there = open();
  TcpWitness witness(loop_.context(), {{{"localhost", there.port}}});
  bool looked_up = false;
  witness.watch([&] { looked_up = true; });
  EXPECT_THAT(ask(witness).text, testing::AnyOf(HasSubstr("name not found"), HasSubstr("half of 1")));
  ASSERT_TRUE(loop_.run_until([&] { return looked_up; }));
  EXPECT_TRUE(ask(witness).quorate);
}

TEST_F(TcpWitnessTest, NoAnswerAfterTheWitnessIsGone) {
  bool called = false;
  {
    TcpWitness witness(loop_.context(), {{open()}});
    witness.ask({NodeId{1}}, [&](const WitnessAnswer&) { called = true; });
  }
  loop_.run_until([] { return false; }, std::chrono::milliseconds(200));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace holdfast::test
