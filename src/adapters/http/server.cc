// The one unit that includes Beast, which takes half a minute to compile.
#include "adapters/http/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "adapters/http/unix_listener.h"

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<Protocol, Executor>;
using Stream = beast::basic_stream<Protocol, Executor>;

class Session;

/// What the server and its sessions share; outlives the server while a session is about to end.
struct Shared {
  ServerSettings settings;
  HttpApplication application;  ///< empty once the server is gone
  std::set<std::shared_ptr<Session>> open;
};

HttpResponse error_response(unsigned status, const std::string& text) {
  return {status, "application/json", "{\"error\":\"" + text + "\"}"};
}

/// What to tell an asker whose request could not be read; nothing if there is nobody to tell.
std::optional<HttpResponse> complaint(const error_code& error, const ServerSettings& limits) {
  namespace http = beast::http;
  if (error == http::error::body_limit)
    return error_response(413, "body: more than " + std::to_string(limits.body_bytes) + " bytes");
  if (error == http::error::header_limit)
    return error_response(431, "header: more than " + std::to_string(limits.header_bytes) + " bytes");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category())
    return error_response(400, "no valid HTTP/1.1 request: " + error.message());
  return std::nullopt;
}

/// One connection: read a request, have it answered, write the answer, again. Kept alive by its pending operations and
/// by the list of open ones.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), heartbeat_timer_(stream_.get_executor()), shared_(std::move(shared)) {}

  void read();
  void close();

  // What a reply does.
  void send(HttpResponse response);
  void begin_stream(const std::string& content_type, std::string heartbeat);
  void write(std::string text);
  bool closed() const { return closed_; }

 private:
  void on_request(const error_code& error);
  void ask();
  void watch_for_loss();
  void stop_watching();
  void on_answered(const error_code& error);
  void write_next();
  void beat();

  Stream stream_;
  asio::steady_timer heartbeat_timer_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  beast::http::response<beast::http::string_body> response_;
  bool keep_alive_ = false;
  bool head_ = false;
  bool closed_ = false;
  std::uint64_t watch_ = 0;  ///< which watch_for_loss() counts
  bool streaming_ = false;
  bool writing_ = false;
  std::string heartbeat_;
  std::deque<std::string> unsent_;
  std::size_t unsent_bytes_ = 0;
};

/// Does not keep its session alive: an application may hold it for longer than the loop lives.
class Reply final : public HttpReply {
 public:
  explicit Reply(std::weak_ptr<Session> session) : session_(std::move(session)) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() override {
    const auto session = session_.lock();
    if (!session) return;
    if (state_ == State::open) session->send(error_response(500, "the daemon gave no answer"));
    if (state_ == State::streaming) session->close();
  }

  void send(HttpResponse response) override {
    if (const auto session = advance(State::open, State::sent)) session->send(std::move(response));
  }
  void begin_stream(std::string content_type, std::string heartbeat) override {
    if (const auto session = advance(State::open, State::streaming))
      session->begin_stream(content_type, std::move(heartbeat));
  }
  void write(std::string text) override {
    if (const auto session = advance(State::streaming, State::streaming)) session->write(std::move(text));
  }
  bool connected() const override {
    const auto session = session_.lock();
    return state_ != State::sent && session && !session->closed();
  }

 private:
  enum class State : std::uint8_t { open, sent, streaming };

  /// The session if it lives and this reply is in state `from`.
  std::shared_ptr<Session> advance(State from, State to) {
    if (state_ != from) return nullptr;
    state_ = to;
    return session_.lock();
  }

  std::weak_ptr<Session> session_;
  State state_ = State::open;
};

void Session::read() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->settings.header_bytes));
  parser_->body_limit(shared_->settings.body_bytes);
  stream_.expires_after(shared_->settings.request_limit);
  beast::http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_request(error); });
}

void Session::on_request(const error_code& error) {
  if (closed_) return;
  stream_.expires_never();
  if (!error) return ask();
  keep_alive_ = false;
  head_ = false;
  if (const std::optional<HttpResponse> answer = complaint(error, shared_->settings))
    send(*answer);
  else
    close();
}

void Session::ask() {
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  head_ = message.method() == beast::http::verb::head;
  watch_for_loss();
  const auto reply = std::make_shared<Reply>(weak_from_this());
  try {
    const HttpApplication application = shared_->application;
    if (application)
      application({std::string(message.method_string()), std::string(message.target()), std::move(message.body())},
                  reply);
  } catch (const std::exception&) {
    reply->send(error_response(500, "the daemon failed on this request"));
  }
}

/// While we have nothing to read or write, only a hang-up tells that the asker is gone. A half-closed connection (the
/// asker has said all) is no hang-up.
void Session::watch_for_loss() {
  const std::uint64_t watch = ++watch_;
  stream_.socket().async_wait(Socket::wait_error, [self = shared_from_this(), watch](const error_code& error) {
    if (!error && watch == self->watch_) self->close();
  });
}

void Session::stop_watching() {
  ++watch_;
  error_code ignored;
  stream_.socket().cancel(ignored);
}

void Session::send(HttpResponse response) {
  if (closed_) return;
  stop_watching();
  response_ = {};
  response_.version(11);
  response_.result(response.status);
  response_.set(beast::http::field::content_type, response.content_type);
  response_.set(beast::http::field::cache_control, "no-store");
  response_.keep_alive(keep_alive_);
  if (!head_) response_.body() = std::move(response.body);
  response_.prepare_payload();
  stream_.expires_after(shared_->settings.write_limit);
  beast::http::async_write(stream_, response_, [self = shared_from_this()](const error_code& error, std::size_t) {
    self->on_answered(error);
  });
}

void Session::on_answered(const error_code& error) {
  if (closed_) return;
  if (error || !keep_alive_) return close();
  read();
}

void Session::begin_stream(const std::string& content_type, std::string heartbeat) {
  if (closed_) return;
  streaming_ = true;
  heartbeat_ = std::move(heartbeat);
  write("HTTP/1.1 200 OK\r\nContent-Type: " + content_type +
        "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
  if (!heartbeat_.empty()) beat();
}

void Session::write(std::string text) {
  if (closed_ || text.empty()) return;
  unsent_bytes_ += text.size();
  unsent_.push_back(std::move(text));
  if (unsent_bytes_ > shared_->settings.stream_bytes) return close();
  if (!writing_) write_next();
}

void Session::write_next() {
  writing_ = true;
  stream_.expires_after(shared_->settings.write_limit);
  asio::async_write(stream_, asio::buffer(unsent_.front()),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (self->closed_) return;
                      if (error) return self->close();
                      self->unsent_bytes_ -= self->unsent_.front().size();
                      self->unsent_.pop_front();
                      self->writing_ = false;
                      self->stream_.expires_never();
                      if (!self->unsent_.empty()) self->write_next();
                    });
}

void Session::beat() {
  heartbeat_timer_.expires_after(shared_->settings.heartbeat);
  heartbeat_timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->closed_) return;
    self->write(self->heartbeat_);
    self->beat();
  });
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  ++watch_;
  heartbeat_timer_.cancel();
  stream_.close();
  shared_->open.erase(shared_from_this());
}

}  // namespace

class Server::Parts {
 public:
  Parts(asio::io_context& loop, UnixListener listener, std::shared_ptr<Shared> shared)
      : listener_(std::move(listener)), acceptor_(loop), retry_(loop), shared_(std::move(shared)) {
    acceptor_.assign(Protocol(), listener_.release());
    accept();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    shared_->application = nullptr;
    const auto open = shared_->open;
    for (const auto& session : open) session->close();
  }

  std::size_t connections() const { return shared_->open.size(); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, Socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later();
      begin(std::move(socket));
      accept();
    });
  }

  /// Out of descriptors or memory: trying again at once would only burn the processor.
  void accept_later() {
    retry_.expires_after(Millis{100});
    retry_.async_wait([this](const error_code& error) {
      if (!error) accept();
    });
  }

  void begin(Socket socket) {
    if (shared_->open.size() >= shared_->settings.connections) {
      static const std::string busy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
          "{\"error\":\"too many connections at once; try again\"}";
      error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(busy), ignored);
      return;
    }
    const auto session = std::make_shared<Session>(std::move(socket), shared_);
    shared_->open.insert(session);
    session->read();
  }

  UnixListener listener_;
  asio::basic_socket_acceptor<Protocol, Executor> acceptor_;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> retry_;
  std::shared_ptr<Shared> shared_;
};

Result<std::unique_ptr<Server>> Server::listen(asio::io_context& loop, ServerSettings settings,
                                               HttpApplication application) {
  Result<UnixListener> listener = UnixListener::open(settings.path);
  if (!listener) return tl::unexpected(listener.error());
  auto shared = std::make_shared<Shared>();
  shared->settings = std::move(settings);
  shared->application = std::move(application);
  try {
    return std::unique_ptr<Server>(new Server(std::make_unique<Parts>(loop, std::move(*listener), std::move(shared))));
  } catch (const std::exception& error) {
    return failure(std::string("HTTP server: ") + error.what());
  }
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;
std::size_t Server::connections() const { return parts_->connections(); }

}  // namespace holdfast::http
