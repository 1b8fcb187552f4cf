#include "adapters/witness/tcp_witness.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "adapters/witness/postbox.h"
#include "adapters/witness/worker.h"
#include "base/format.h"

namespace holdfast {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using Addresses = std::vector<boost::asio::ip::address>;

Addresses look_up(const std::string& host) {
  Addresses out;
  error_code error;
  boost::asio::io_context own;  // blocks in getaddrinfo(3): for the worker's thread only
  tcp::resolver resolver(own);
  for (const auto& entry : resolver.resolve(host, "", error)) out.push_back(entry.endpoint().address());
  return out;
}

/// One question to all endpoints at once.
///   ask --each accepted or refused, or the limit--> more than half accepted: at once; else when nothing is left to
///   wait
class Question : public std::enable_shared_from_this<Question> {
 public:
  Question(boost::asio::io_context& loop, std::vector<std::string> names, std::function<void(WitnessAnswer)> done)
      : loop_(loop), timer_(loop), names_(std::move(names)), accepted_(names_.size()), done_(std::move(done)) {}

  void begin(const std::vector<std::vector<tcp::endpoint>>& targets, Millis limit) {
    // One more than there are, so that none of them ends it before all have begun.
    open_ = 1;
    for (std::size_t i = 0; i < targets.size(); ++i)
      for (const tcp::endpoint& endpoint : targets[i]) connect(i, endpoint);
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->finish();
    });
    // Not from within ask().
    boost::asio::post(loop_, [self = shared_from_this()] { self->one_less(); });
  }

 private:
  void connect(std::size_t which, const tcp::endpoint& endpoint) {
    auto socket = std::make_shared<tcp::socket>(loop_);
    sockets_.push_back(socket);
    ++open_;
    socket->async_connect(endpoint, [self = shared_from_this(), socket, which](const error_code& error) {
      if (!error) self->accepted_[which] = true;
      error_code ignored;
      socket->close(ignored);
      self->one_less();
    });
  }

  std::size_t yes() const { return static_cast<std::size_t>(std::count(accepted_.begin(), accepted_.end(), true)); }
  bool quorate() const { return 2 * yes() > names_.size(); }

  void one_less() {
    --open_;
    if (quorate() || open_ == 0) finish();
  }

  void finish() {
    if (!done_) return;
    WitnessAnswer answer;
    answer.quorate = quorate();
    std::vector<std::string> silent;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!accepted_[i]) silent.push_back(names_[i]);
    // The same words for the same answer: how many had answered by then is chance.
    answer.text = answer.quorate
                      ? format("more than half of {} witnesses accept a connection", names_.size())
                      : format("{} of {} witnesses accept a connection, more than half are needed; no connection: {}",
                               yes(), names_.size(), fmt::join(silent, ", "));
    timer_.cancel();
    const auto done = std::exchange(done_, nullptr);
    for (const auto& socket : std::exchange(sockets_, {})) {
      error_code ignored;
      socket->close(ignored);
    }
    done(std::move(answer));
  }

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  std::vector<std::string> names_;
  std::vector<bool> accepted_;
  std::vector<std::shared_ptr<tcp::socket>> sockets_;
  std::size_t open_ = 0;
  std::function<void(WitnessAnswer)> done_;
};

}  // namespace

class TcpWitness::State : public std::enable_shared_from_this<TcpWitness::State> {
 public:
  State(boost::asio::io_context& loop, TcpWitnessSettings settings)
      : loop_(loop), settings_(std::move(settings)), postbox_(std::make_shared<witness::Postbox>(loop)) {
    for (const TcpEndpoint& endpoint : settings_.endpoints) {
      error_code error;
      const auto address = boost::asio::ip::make_address(endpoint.host, error);
      if (!error) addresses_[endpoint.host] = {address};
    }
  }

  /// Apart from the constructor: the worker needs a weak pointer to us.
  void begin() {
    std::vector<std::string> names;
    for (const TcpEndpoint& endpoint : settings_.endpoints)
      if (!addresses_.contains(endpoint.host)) names.push_back(endpoint.host);
    if (names.empty()) return;
    worker_ = std::make_unique<witness::Worker>("holdfast-names", settings_.resolve_every,
                                                [names, postbox = postbox_, self = weak_from_this()] {
                                                  for (const std::string& name : names)
                                                    postbox->post([self, name, found = look_up(name)] {
                                                      if (const auto state = self.lock()) state->take(name, found);
                                                    });
                                                });
  }

  void ask(std::function<void(WitnessAnswer)> done) {
    std::vector<std::string> names;
    std::vector<std::vector<tcp::endpoint>> targets;
    for (const TcpEndpoint& endpoint : settings_.endpoints) {
      const bool six = endpoint.host.find(':') != std::string::npos;
      names.push_back(format("{}{}{}:{}", six ? "[" : "", endpoint.host, six ? "]" : "", endpoint.port));
      auto& target = targets.emplace_back();
      const auto known = addresses_.find(endpoint.host);
      if (known == addresses_.end())
        names.back() += " (name not found)";
      else
        for (const auto& address : known->second) target.emplace_back(address, endpoint.port);
    }
    // Results of a witness that is gone reach nobody.
    auto guarded = [self = weak_from_this(), done = std::move(done)](WitnessAnswer answer) {
      if (!self.expired()) done(std::move(answer));
    };
    std::make_shared<Question>(loop_, std::move(names), std::move(guarded))->begin(targets, settings_.limit);
  }

  void watch(std::function<void()> changed) { changed_ = std::move(changed); }
  void stop() {
    postbox_->close();
    worker_.reset();
  }

 private:
  void take(const std::string& name, const Addresses& found) {
    if (found.empty()) return;  // a name server that fails now takes nothing away that was known
    const bool first = !addresses_.contains(name);
    addresses_[name] = found;
    if (first && changed_) changed_();
  }

  boost::asio::io_context& loop_;
  TcpWitnessSettings settings_;
  std::shared_ptr<witness::Postbox> postbox_;
  std::map<std::string, Addresses> addresses_;
  std::unique_ptr<witness::Worker> worker_;
  std::function<void()> changed_;
};

TcpWitness::TcpWitness(boost::asio::io_context& loop, TcpWitnessSettings settings)
    : state_(std::make_shared<State>(loop, std::move(settings))) {
  state_->begin();
}
TcpWitness::~TcpWitness() { state_->stop(); }
void TcpWitness::ask(const std::vector<NodeId>&, std::function<void(WitnessAnswer)> done) {
  state_->ask(std::move(done));
}
void TcpWitness::watch(std::function<void()> changed) { state_->watch(std::move(changed)); }

}  // namespace holdfast
