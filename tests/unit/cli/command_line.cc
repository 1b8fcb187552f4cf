#include "unit/cli/command_line.h"

namespace holdfast::test {

CommandLine::CommandLine() { start_daemon(); }

CommandLine::~CommandLine() { served_.reset(); }

void CommandLine::start_daemon() {
  http::ServerSettings settings;
  settings.path = socket();
  router_ = std::make_unique<api::Router>(service_);
  served_ = std::make_unique<Served>(
      settings,
      [this](const HttpRequest& request, const std::shared_ptr<HttpReply>& reply) { router_->handle(request, reply); });
}

Ended CommandLine::run(std::vector<std::string> arguments) { return run_at(socket(), std::move(arguments)); }

Ended CommandLine::run_at(const std::string& socket, std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const cli::Console console{out, err};
  arguments.insert(arguments.begin(), {"--socket", socket});
  const cli::Exit exit = cli::run(arguments, console);
  return {exit, out.str(), err.str()};
}

void CommandLine::change(const std::function<void(FakeService&)>& work) {
  served_->on_loop([&] {
    work(service_);
    router_->status_changed();
  });
}

}  // namespace holdfast::test
