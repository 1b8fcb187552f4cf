#include "adapters/sidechannel/config_asking.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <map>
#include <memory>

#include "model/reach.h"

namespace holdfast {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using sidechannel::OpenedAnswer;

constexpr std::chrono::milliseconds grace{200};  ///< for the others, when one has answered

class Question;

/// All questions of one call; each of them holds it.
struct Round : std::enable_shared_from_this<Round> {
  Round(boost::asio::io_context& l, sidechannel::Sealer s, sidechannel::Nonce n,
        std::function<void(ConfigAnswers)> then)
      : loop(l), limit(l), sealer(std::move(s)), nonce(std::move(n)), done(std::move(then)) {}

  void end_after(std::chrono::milliseconds time) {
    limit.expires_after(time);
    limit.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->finish();
    });
  }
  void take(OpenedAnswer answer) {
    const bool first = answers.empty();
    answers.emplace(answer.from, std::move(answer));
    if (first && limit.expiry() > std::chrono::steady_clock::now() + grace) end_after(grace);
  }
  void one_less() {
    if (--open == 0) finish();
  }
  void finish();

  boost::asio::io_context& loop;
  boost::asio::steady_timer limit;
  sidechannel::Sealer sealer;
  sidechannel::Nonce nonce;
  std::function<void(ConfigAnswers)> done;  ///< empty: it was called
  std::size_t open = 0;                     ///< questions
  std::vector<std::weak_ptr<Question>> questions;
  std::map<NodeId, OpenedAnswer> answers;
};

/// To one node over one link. Kept alive by what it waits for.
class Question : public std::enable_shared_from_this<Question> {
 public:
  explicit Question(std::shared_ptr<Round> round) : round_(std::move(round)), socket_(round_->loop) { ++round_->open; }
  ~Question() { round_->one_less(); }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  void close() {
    error_code ignored;
    socket_.close(ignored);
  }
  void begin(const tcp::endpoint& endpoint) {
    socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
      if (!error) self->ask();
    });
  }

 private:
  void ask() {
    bytes_ = sidechannel::question_frame(round_->sealer, round_->nonce);
    boost::asio::async_write(socket_, boost::asio::buffer(bytes_),
                             [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (!error) self->read_answer();
                             });
  }

  void read_answer() {
    read(sidechannel::length_size, [this] {
      const auto length = sidechannel::length_of(bytes_, sidechannel::longest_answer);
      if (!length) return;
      read(*length, [this] {
        if (auto answer = sidechannel::open_answer(round_->sealer, bytes_, round_->nonce))
          round_->take(std::move(*answer));
      });
    });
  }

  template <class Then>
  void read(std::size_t size, Then then) {
    bytes_.resize(size);
    boost::asio::async_read(socket_, boost::asio::buffer(bytes_),
                            [self = shared_from_this(), then](const error_code& error, std::size_t) {
                              if (!error) then();
                            });
  }

  std::shared_ptr<Round> round_;
  tcp::socket socket_;
  std::string bytes_;
};

void Round::finish() {
  if (!done) return;
  limit.cancel();
  const auto then = std::exchange(done, nullptr);
  for (const auto& weak : questions)
    if (const auto question = weak.lock()) question->close();
  ConfigAnswers all;
  for (auto& [node, answer] : answers) all.push_back(std::move(answer));
  then(std::move(all));
}

}  // namespace

Result<void> ask_for_configuration(boost::asio::io_context& loop, const ClusterConfig& config, NodeId self,
                                   const std::string& cluster_key, Millis limit,
                                   std::function<void(ConfigAnswers)> done) {
  Result<sidechannel::Sealer> sealer = sidechannel::Sealer::make(cluster_key, self);
  if (!sealer) return tl::unexpected(sealer.error());
  Result<sidechannel::Nonce> nonce = sidechannel::make_nonce();
  if (!nonce) return tl::unexpected(nonce.error());
  const auto round = std::make_shared<Round>(loop, std::move(*sealer), std::move(*nonce), std::move(done));
  const auto port = static_cast<std::uint16_t>(side_channel_port(config.port));
  round->end_after(limit);
  for (const NodeConfig& node : config.nodes) {
    if (node.id == self) continue;
    for (const std::string& link : node.links) {
      error_code error;
      const auto address = boost::asio::ip::make_address(link, error);
      if (error) continue;
      const auto question = std::make_shared<Question>(round);
      round->questions.push_back(question);
      question->begin({address, port});
    }
  }
  return {};
}

Result<ConfigAnswers> ask_for_configuration(const ClusterConfig& config, NodeId self, const std::string& cluster_key,
                                            Millis limit) {
  boost::asio::io_context loop;
  ConfigAnswers answers;
  const Result<void> asked = ask_for_configuration(loop, config, self, cluster_key, limit,
                                                   [&answers](ConfigAnswers all) { answers = std::move(all); });
  if (!asked) return tl::unexpected(asked.error());
  loop.run();
  return answers;
}

}  // namespace holdfast
