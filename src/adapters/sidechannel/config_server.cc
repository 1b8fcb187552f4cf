#include "adapters/sidechannel/config_server.h"

#include <netinet/in.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <vector>

#include "adapters/sidechannel/config_frames.h"
#include "base/format.h"
#include "model/reach.h"

namespace holdfast {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds conversation_limit{5};
constexpr std::size_t most_at_once = 64;

}  // namespace

struct ConfigServer::Parts : std::enable_shared_from_this<Parts> {
  Parts(boost::asio::io_context& l, sidechannel::Sealer s, Present p)
      : loop(l), sealer(std::move(s)), present(std::move(p)) {}

  Result<void> open(const std::string& address, std::uint32_t port);
  void accept(tcp::acceptor& acceptor);

  boost::asio::io_context& loop;
  sidechannel::Sealer sealer;
  Present present;  ///< empty: the server is gone
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;
  std::size_t talking = 0;
};

/// One question, one answer. Kept alive by what it waits for; the limit ends that.
class ConfigServer::Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(std::shared_ptr<Parts> server, tcp::socket socket)
      : server_(std::move(server)), socket_(std::move(socket)), limit_(server_->loop) {
    ++server_->talking;
  }
  ~Conversation() { --server_->talking; }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void begin() {
    limit_.expires_after(conversation_limit);
    limit_.async_wait([weak = weak_from_this()](const error_code& error) {
      if (const auto self = weak.lock(); self && !error) self->close();
    });
    read(sidechannel::length_size, [this] {
      const auto length = sidechannel::length_of(bytes_, sidechannel::longest_question);
      if (length) read(*length, [this] { answer(); });
    });
  }

 private:
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

  template <class Then>
  void read(std::size_t size, Then then) {
    bytes_.resize(size);
    boost::asio::async_read(socket_, boost::asio::buffer(bytes_),
                            [self = shared_from_this(), then](const error_code& error, std::size_t) {
                              if (!error) then();
                            });
  }

  void answer() {
    const auto nonce = sidechannel::open_question(server_->sealer, bytes_);
    const auto offer = nonce && server_->present ? server_->present() : std::nullopt;
    if (!offer) return;
    bytes_ = sidechannel::answer_frame(server_->sealer, *nonce, *offer);
    boost::asio::async_write(socket_, boost::asio::buffer(bytes_),
                             [self = shared_from_this()](const error_code&, std::size_t) { self->close(); });
  }

  std::shared_ptr<Parts> server_;
  tcp::socket socket_;
  boost::asio::steady_timer limit_;
  std::string bytes_;
};

Result<void> ConfigServer::Parts::open(const std::string& address, std::uint32_t port) {
  error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  if (error) return failure(format("\"{}\" is not an address", address));
  auto acceptor = std::make_unique<tcp::acceptor>(loop);
  const tcp::endpoint endpoint(parsed, static_cast<std::uint16_t>(port));
  acceptor->open(endpoint.protocol(), error);
  // The address may come later, with its interface; and a daemon that starts anew finds the old one's connections.
  const int on = 1;
  const int level = parsed.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
  if (!error)
    static_cast<void>(
        ::setsockopt(acceptor->native_handle(), level, parsed.is_v4() ? IP_FREEBIND : IPV6_FREEBIND, &on, sizeof on));
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return failure(format("TCP port {} of {}: {}", port, address, error.message()));
  accept(*acceptor);
  acceptors.push_back(std::move(acceptor));
  return {};
}

void ConfigServer::Parts::accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([self = shared_from_this(), &acceptor](const error_code& error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted || !self->present) return;
    if (!error && self->talking < most_at_once) std::make_shared<Conversation>(self, std::move(socket))->begin();
    self->accept(acceptor);
  });
}

ConfigServer::ConfigServer(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}

ConfigServer::~ConfigServer() {
  parts_->present = nullptr;
  error_code ignored;
  for (const auto& acceptor : parts_->acceptors) acceptor->close(ignored);
  parts_->acceptors.clear();
}

Result<std::unique_ptr<ConfigServer>> ConfigServer::listen(boost::asio::io_context& loop, const ClusterConfig& config,
                                                           NodeId self, const std::string& cluster_key,
                                                           Present present) {
  Result<sidechannel::Sealer> sealer = sidechannel::Sealer::make(cluster_key, self);
  if (!sealer) return tl::unexpected(sealer.error());
  const std::uint32_t port = side_channel_port(config.port);
  const NodeConfig* own = config.node(self);
  if (own == nullptr || port > 65535) return failure(format("port {}: allowed are ports up to 65535", port));
  std::unique_ptr<ConfigServer> server(
      new ConfigServer(std::make_shared<Parts>(loop, std::move(*sealer), std::move(present))));
  for (const std::string& address : own->links)
    if (Result<void> opened = server->parts_->open(address, port); !opened) return tl::unexpected(opened.error());
  return server;
}

}  // namespace holdfast
