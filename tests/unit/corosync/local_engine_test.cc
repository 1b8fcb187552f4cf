#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "adapters/local/engine.h"

namespace holdfast {
namespace {

class Recorder final : public EngineListener {
 public:
  void on_view(const EngineView& view) override { log.push_back(view.nodes.size() == 1 ? "view" : "wrong view"); }
  void on_message(EngineMember sender, std::string_view bytes) override {
    log.emplace_back(bytes);
    senders.push_back(sender);
    if (bytes == "one" && engine != nullptr) engine->send("from within");
  }
  void on_links(const std::vector<LinkSample>&) override { log.emplace_back("links"); }
  void on_engine_lost(const std::string&) override { log.emplace_back("lost"); }

  std::vector<std::string> log;
  std::vector<EngineMember> senders;
  Engine* engine = nullptr;
};

TEST(LocalEngine, ViewOfOneThenMessagesInOrderAndLater) {
  boost::asio::io_context loop;
  Recorder recorder;
  LocalEngine engine(loop, NodeId{3});
  recorder.engine = &engine;
  engine.start(recorder);
  engine.send("one");
  engine.send("two");
  EXPECT_TRUE(recorder.log.empty()) << "never from within a call";
  loop.run();
  EXPECT_EQ(recorder.log, (std::vector<std::string>{"view", "one", "two", "from within"}));
  for (const EngineMember& sender : recorder.senders) EXPECT_EQ(sender, engine.self());
  EXPECT_EQ(engine.self().node, NodeId{3});
}

TEST(LocalEngine, SilentAfterItsEnd) {
  boost::asio::io_context loop;
  Recorder recorder;
  {
    LocalEngine engine(loop, NodeId{1});
    engine.start(recorder);
    engine.send("one");
  }
  loop.run();
  EXPECT_TRUE(recorder.log.empty());
}

}  // namespace
}  // namespace holdfast
