#include "unit/http/served.h"

#include <stdlib.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <thread>

namespace holdfast::test {

namespace asio = boost::asio;

TemporaryFolder::TemporaryFolder() {
  char name[] = "/tmp/holdfast-test-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

struct Served::Parts {
  asio::io_context loop;
  asio::executor_work_guard<asio::io_context::executor_type> guard{loop.get_executor()};
  std::unique_ptr<http::Server> server;
  std::thread thread;
};

Served::Served(http::ServerSettings settings, HttpApplication application) : parts_(std::make_unique<Parts>()) {
  auto server = http::Server::listen(parts_->loop, std::move(settings), std::move(application));
  if (!server) throw std::runtime_error(server.error().text);
  parts_->server = std::move(*server);
  parts_->thread = std::thread([this] { parts_->loop.run(); });
}

Served::~Served() {
  on_loop([this] { parts_->server.reset(); });
  parts_->guard.reset();
  parts_->loop.stop();
  parts_->thread.join();
}

void Served::on_loop(const std::function<void()>& work) {
  std::promise<void> done;
  asio::post(parts_->loop, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void Served::later(std::chrono::milliseconds delay, std::function<void()> work) {
  asio::post(parts_->loop, [this, delay, work = std::move(work)] {
    const auto timer = std::make_shared<asio::steady_timer>(parts_->loop, delay);
    timer->async_wait([timer, work](const boost::system::error_code& error) {
      if (!error) work();
    });
  });
}

std::size_t Served::connections() {
  std::size_t count = 0;
  on_loop([&] { count = parts_->server->connections(); });
  return count;
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace holdfast::test
