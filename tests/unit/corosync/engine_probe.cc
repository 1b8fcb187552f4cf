// The Corosync engine alone, without the rest of the daemon: tells what it hears, sends what it is told.
//
//   engine_probe CONFIG
//
// CONFIG: lines "cluster NAME", "self ID", "token MS", "key FILE", "folder DIR", "node NAME ADDRESS...", in any order.
// Its commands, one per line, come through the named pipe DIR/probe: "send TEXT", "flood COUNT", "stop" (ends corosync,
// too), "quit". Its lines:
//   READY | REFUSED text | VIEW ns daemons=1:17,2:23 nodes=1,2 | MESSAGE sender text | LINKS ns 2/0=up,2/1=down |
//   LOST ns why | NOTICE kind text
// ns is CLOCK_REALTIME in nanoseconds. A flood's message is shown as it is; LINKS comes when a link has changed.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "adapters/corosync/engine.h"
#include "base/format.h"

namespace holdfast {
namespace {

namespace asio = boost::asio;

struct Arguments {
  std::shared_ptr<ClusterConfig> config = std::make_shared<ClusterConfig>();
  NodeId self;
  std::string folder;
};

std::optional<Arguments> read_arguments(const char* path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  Arguments arguments;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    std::int64_t number = 0;
    if (key == "cluster") words >> arguments.config->name;
    if (key == "self" && words >> number) arguments.self = NodeId{static_cast<std::uint32_t>(number)};
    if (key == "token" && words >> number) arguments.config->detection.token = Millis{number};
    if (key == "key") words >> arguments.config->key_file;
    if (key == "folder") words >> arguments.folder;
    if (key != "node") continue;
    NodeConfig node;
    node.id = NodeId{static_cast<std::uint32_t>(arguments.config->nodes.size() + 1)};
    words >> node.name;
    for (std::string address; words >> address;) node.links.push_back(address);
    arguments.config->nodes.push_back(node);
  }
  return arguments;
}

std::int64_t now_ns() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

void say(const std::string& line) { std::cout << line << std::endl; }

class Teller final : public EngineListener {
 public:
  void on_view(const EngineView& view) override {
    std::string daemons;
    std::string nodes;
    for (const EngineMember& d : view.daemons)
      daemons += format("{}{}:{}", daemons.empty() ? "" : ",", d.node.value, d.process);
    for (const NodeId& n : view.nodes) nodes += format("{}{}", nodes.empty() ? "" : ",", n.value);
    say(format("VIEW {} daemons={} nodes={}", now_ns(), daemons, nodes));
  }
  void on_message(EngineMember sender, std::string_view bytes) override {
    say(format("MESSAGE {}:{} {}", sender.node.value, sender.process, bytes));
  }
  void on_links(const std::vector<LinkSample>& links) override {
    std::string text;
    for (const LinkSample& l : links)
      text += format("{}{}/{}={}", text.empty() ? "" : ",", l.peer.value, l.link.value, l.connected ? "up" : "down");
    if (text == links_) return;
    links_ = text;
    say(format("LINKS {} {}", now_ns(), text));
  }
  void on_engine_lost(const std::string& why) override { say(format("LOST {} {}", now_ns(), why)); }

 private:
  std::string links_;
};

const char* name_of(corosync::NoticeKind kind) {
  constexpr std::array kNames{"started",         "attached",    "ended",  "cannot_start", "configuration_changed",
                              "foreign_packets", "no_realtime", "silent", "answers",      "not_our_node",
                              "dropped"};
  return kNames.at(static_cast<std::size_t>(kind));
}

class Commands {
 public:
  Commands(asio::io_context& loop, CorosyncEngine& engine, const std::string& path)
      : loop_(loop), engine_(engine), pipe_(loop) {
    mkfifo(path.c_str(), 0600);
    pipe_.assign(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  }
  void read() {
    asio::async_read_until(pipe_, buffer_, '\n', [this](const boost::system::error_code& error, std::size_t) {
      if (error) return;
      std::istream lines(&buffer_);
      std::string line;
      std::getline(lines, line);
      obey(line);
      read();
    });
  }

 private:
  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command >> std::ws;
    if (command == "send") engine_.send(line.substr(5));
    if (command == "quit") loop_.stop();
    if (command == "stop") {
      engine_.stop_corosync();
      loop_.stop();
    }
    int count = 0;
    if (command == "flood" && words >> count)
      for (int i = 0; i < count; ++i) engine_.send(format("flood {} {}", engine_.self().node.value, i));
  }

  asio::io_context& loop_;
  CorosyncEngine& engine_;
  asio::posix::stream_descriptor pipe_;
  asio::streambuf buffer_;
};

int run(const Arguments& arguments) {
  asio::io_context loop;
  CorosyncSettings settings;
  settings.config = arguments.config;
  settings.self = arguments.self;
  settings.notice = [](const corosync::Notice& n) { say(format("NOTICE {} {}", name_of(n.kind), n.text)); };
  settings.run_dir = arguments.folder + "/run";
  settings.state_dir = arguments.folder + "/state";
  settings.log_file = arguments.folder + "/corosync.log";
  Teller teller;
  CorosyncEngine engine(loop, settings);
  if (const auto prepared = engine.prepare(); !prepared) {
    say("REFUSED " + prepared.error().text);
    return 1;
  }
  Commands commands(loop, engine, arguments.folder + "/probe");
  engine.start(teller);
  commands.read();
  say("READY");
  loop.run();
  return 0;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  const auto arguments = argc == 2 ? holdfast::read_arguments(argv[1]) : std::nullopt;
  if (!arguments) {
    std::cerr << "usage: engine_probe CONFIG\n";
    return 2;
  }
  return holdfast::run(*arguments);
}
