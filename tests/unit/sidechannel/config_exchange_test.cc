// A node that starts asks real servers over real sockets, in a namespace of their own (O7, B8).
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <thread>

#include "adapters/sidechannel/config_asking.h"
#include "adapters/sidechannel/config_server.h"
#include "namespace.h"

namespace holdfast {
namespace {

using sidechannel::InNamespace;
using sidechannel::OpenedAnswer;
using testing::IsEmpty;

const std::string key(256, 'k');
const NodeId alpha{1}, beta{2}, gamma{3};

/// One node's server, on a thread of its own.
class Served {
 public:
  Served(const ClusterConfig& config, NodeId self, std::uint64_t generation, const std::string& with_key = key) {
    auto made = ConfigServer::listen(loop_, config, self, with_key, [=]() -> std::optional<wire::ConfigOffer> {
      if (generation == 0) return std::nullopt;
      return wire::ConfigOffer{{generation, Digest{generation}, {}}, config, "text of " + config.name_of(self)};
    });
    if (!made) {
      error = made.error().text;
      return;
    }
    server_ = std::move(*made);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Served() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  std::string error;

 private:
  boost::asio::io_context loop_;
  std::unique_ptr<ConfigServer> server_;
  std::thread thread_;
};

class ConfigExchange : public InNamespace {
 protected:
  ConfigExchange() {
    config.nodes = {{alpha, "alpha", {"127.0.7.1", "fd00:77::1"}},
                    {beta, "beta", {"127.0.7.2", "fd00:77::2"}},
                    {gamma, "gamma", {"127.0.7.3", "127.0.8.3"}}};
  }
  ConfigAnswers ask(Millis limit = Millis{10'000}) {
    auto answers = ask_for_configuration(config, gamma, key, limit);
    EXPECT_TRUE(answers);
    return answers.value_or(ConfigAnswers{});
  }
  ClusterConfig config;
};

TEST_F(ConfigExchange, EveryNodeAnswersOnce) {
  const Served a(config, alpha, 5);
  const Served b(config, beta, 4);
  ASSERT_EQ(a.error + b.error, "");
  const auto answers = ask();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].from, alpha);
  EXPECT_EQ(answers[0].offer.stamp.generation, 5U);
  EXPECT_EQ(answers[0].offer.config, config);
  EXPECT_EQ(answers[0].offer.text, "text of alpha");
  EXPECT_EQ(answers[1].offer.stamp.generation, 4U);
}

TEST_F(ConfigExchange, ARemovedNodeIsAnswered) {
  ClusterConfig without = config;
  without.nodes.pop_back();
  const Served a(without, alpha, 6);
  const auto answers = ask();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].offer.config.node(gamma), nullptr);
}

TEST_F(ConfigExchange, NobodyThereIsNotWaitedFor) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(ask(Millis{60'000}), IsEmpty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << "refused, and not the limit";
}

TEST_F(ConfigExchange, AnotherKeyIsNotAnswered) {
  const Served a(config, alpha, 5, std::string(256, 'q'));
  ASSERT_EQ(a.error, "");
  EXPECT_THAT(ask(Millis{300}), IsEmpty());
}

TEST_F(ConfigExchange, WhoKnowsNothingYetSaysNothing) {
  const Served a(config, alpha, 0);
  EXPECT_THAT(ask(), IsEmpty());
}

TEST_F(ConfigExchange, ATakenPortIsNamed) {
  const Served a(config, alpha, 5);
  EXPECT_EQ(Served(config, alpha, 5).error, "TCP port 5413 of 127.0.7.1: Address already in use");
}

TEST_F(ConfigExchange, WhoTalksNonsenseOrNothingKeepsNobodyWaiting) {  // E3
  const Served a(config, alpha, 5);
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::endpoint there(boost::asio::ip::make_address("127.0.7.1"), 5413);
  std::vector<std::unique_ptr<boost::asio::ip::tcp::socket>> open;
  for (const std::string& said : {std::string(), std::string("\xff\xff\xff\xff", 4), std::string(600, '\0'),
                                  std::string("\x40\0\0\0", 4) + std::string(64, 'x')}) {
    open.push_back(std::make_unique<boost::asio::ip::tcp::socket>(loop));
    open.back()->connect(there);
    boost::asio::write(*open.back(), boost::asio::buffer(said));
  }
  EXPECT_EQ(ask().size(), 1U);
}

TEST(ConfigFrames, AnAnswerToAnotherQuestionDoesNotCount) {  // one that was recorded
  auto asks = *sidechannel::Sealer::make(key, gamma);
  auto answers = *sidechannel::Sealer::make(key, alpha);
  const auto one = *sidechannel::make_nonce();
  const auto two = *sidechannel::make_nonce();
  ASSERT_NE(one, two);
  const std::string frame = sidechannel::answer_frame(answers, one, {});
  const auto sealed = std::string_view(frame).substr(sidechannel::length_size);
  EXPECT_EQ(sidechannel::length_of(frame.substr(0, 4), sidechannel::longest_answer), sealed.size());
  EXPECT_TRUE(sidechannel::open_answer(asks, sealed, one));
  EXPECT_FALSE(sidechannel::open_answer(asks, sealed, two));
  EXPECT_FALSE(sidechannel::open_question(asks, sealed));
  const std::string question = sidechannel::question_frame(asks, two);
  EXPECT_EQ(sidechannel::open_question(answers, std::string_view(question).substr(sidechannel::length_size)), two);
  EXPECT_FALSE(sidechannel::length_of(std::string("\0\0\0\x7f", 4), sidechannel::longest_answer));
}

}  // namespace
}  // namespace holdfast
