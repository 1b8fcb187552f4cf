// Three real channels over real sockets, one link IPv4 and one IPv6, in a namespace of their own.
#include "adapters/sidechannel/channel.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <chrono>

#include "namespace.h"

namespace holdfast {
namespace {

using sidechannel::InNamespace;
using sidechannel::output_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Ear final : public SideChannelListener {
 public:
  void on_answering(const std::vector<ReachPath>& paths) override {
    answering.clear();
    for (const ReachPath& path : paths)
      if (answering.empty() || answering.back() != path.peer) answering.push_back(path.peer);
  }
  void on_note(NodeId node, std::string_view bytes) override { notes[node] = bytes; }
  void on_note_lost(NodeId node) override { notes.erase(node); }
  std::vector<NodeId> answering;
  std::map<NodeId, std::string> notes;
};

class Channels : public InNamespace {
 protected:
  void SetUp() override {
    InNamespace::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    output_of("ip addr add fd00:77::3/128 dev lo");
    config_->nodes = {{alpha, "alpha", {"127.0.7.1", "fd00:77::1"}},
                      {beta, "beta", {"127.0.7.2", "fd00:77::2"}},
                      {gamma, "gamma", {"127.0.7.3", "fd00:77::3"}}};
  }

  std::unique_ptr<UdpSideChannel> make(NodeId node, Ear& ear, const std::string& key = std::string(256, 'k')) {
    UdpSideChannelSettings settings;
    settings.config = config_;
    settings.self = node;
    settings.cluster_key = key;
    settings.tell = [this](Severity, const std::string& text) { lines_.push_back(text); };
    auto channel = UdpSideChannel::make(loop_, settings);
    EXPECT_TRUE(channel) << channel.error().text;
    (*channel)->tell("note of " + config_->name_of(node));
    (*channel)->start(ear);
    return std::move(*channel);
  }

  template <class Condition>
  bool wait_for(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(20));
    }
    return condition();
  }

  const NodeId alpha{1}, beta{2}, gamma{3};
  std::shared_ptr<ClusterConfig> config_ = std::make_shared<ClusterConfig>();
  boost::asio::io_context loop_;
  std::vector<std::string> lines_;
};

TEST_F(Channels, AllHearAllAndTheirNotes) {
  Ear ears[3];
  const auto a = make(alpha, ears[0]);
  const auto b = make(beta, ears[1]);
  auto c = make(gamma, ears[2]);
  ASSERT_TRUE(wait_for([&] { return ears[0].answering.size() == 2 && ears[2].notes.size() == 2; }));
  EXPECT_EQ(ears[2].notes[alpha], "note of alpha");
  EXPECT_TRUE(wait_for([&] { return a->heard_within(Millis{1'000}) == std::vector{beta, gamma}; }));
  c.reset();
  ASSERT_TRUE(wait_for([&] { return ears[0].answering == std::vector<NodeId>{beta}; }));
  ASSERT_TRUE(wait_for([&] { return !ears[0].notes.contains(gamma); }));
  EXPECT_EQ(lines_, std::vector<std::string>{});
}

TEST_F(Channels, NotesComeThroughTheOneBetween) {
  const char* cut =
      "nft -f - <<X\ntable inet cut { chain in { type filter hook input priority 0;\n"
      "ip saddr 127.0.7.1 ip daddr 127.0.7.3 drop\nip saddr 127.0.7.3 ip daddr 127.0.7.1 drop\n"
      "ip6 saddr fd00:77::1 ip6 daddr fd00:77::3 drop\nip6 saddr fd00:77::3 ip6 daddr fd00:77::1 drop\n}\n}\nX\n";
  ASSERT_EQ(output_of(cut), "");
  Ear ears[3];
  const auto a = make(alpha, ears[0]);
  const auto b = make(beta, ears[1]);
  const auto c = make(gamma, ears[2]);
  ASSERT_TRUE(wait_for(
      [&] { return ears[0].notes.contains(gamma) && !ears[0].answering.empty() && ears[1].answering.size() == 2; }));
  EXPECT_THAT(ears[0].answering, ElementsAre(beta));
  EXPECT_EQ(ears[0].notes[gamma], "note of gamma");
  c->tell("new");
  ASSERT_TRUE(wait_for([&] { return ears[0].notes[gamma] == "new"; }));
}

TEST_F(Channels, TheOtherKeyIsNotHeard) {
  Ear ears[2];
  const auto a = make(alpha, ears[0]);
  const auto b = make(beta, ears[1], std::string(256, 'q'));
  const auto heard = [&] { return !ears[0].notes.empty() || !a->heard_within(Millis{5'000}).empty(); };
  EXPECT_FALSE(wait_for(heard, std::chrono::milliseconds(1'500)));  // with the right key it takes 0.1 s
}

TEST_F(Channels, ShutsOutTheEngineAndNotItself) {
  Ear ears[2];
  auto a = make(alpha, ears[0]);
  const auto b = make(beta, ears[1]);
  a->shut_out({beta});
  ASSERT_TRUE(wait_for([] { return output_of("nft list ruleset").find("127.0.7.2") != std::string::npos; }));
  ASSERT_TRUE(wait_for([&] { return ears[0].answering == std::vector<NodeId>{beta}; }));
  a.reset();
  EXPECT_EQ(output_of("nft list ruleset"), "");
}

TEST_F(Channels, AnAddressInUseIsNamed) {
  Ear ear;
  const auto a = make(alpha, ear);
  UdpSideChannelSettings settings;
  settings.config = config_;
  settings.self = alpha;
  const auto second = UdpSideChannel::make(loop_, settings);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text, HasSubstr("UDP port 5413 of 127.0.7.1: Address already in use"));
}

}  // namespace
}  // namespace holdfast
