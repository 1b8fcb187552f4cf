#include "adapters/sidechannel/config_asking.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
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

/// All questions of one call.
struct Round {
  std::size_t open = 0;  ///< questions; outlives the loop, which ends those that are left
  std::chrono::steady_clock::time_point end;
  boost::asio::io_context loop;
  sidechannel::Sealer sealer;
  sidechannel::Nonce nonce;
  std::map<NodeId, OpenedAnswer> answers;

  void take(OpenedAnswer answer) {
    if (answers.empty()) end = std::min(end, std::chrono::steady_clock::now() + grace);
    answers.emplace(answer.from, std::move(answer));
  }
};

/// To one node over one link. Kept alive by what it waits for.
class Question : public std::enable_shared_from_this<Question> {
 public:
  explicit Question(Round& round) : round_(round), socket_(round.loop) { ++round_.open; }
  ~Question() { --round_.open; }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  void begin(const tcp::endpoint& endpoint) {
    socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
      if (!error) self->ask();
    });
  }

 private:
  void ask() {
    bytes_ = sidechannel::question_frame(round_.sealer, round_.nonce);
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
        if (auto answer = sidechannel::open_answer(round_.sealer, bytes_, round_.nonce))
          round_.take(std::move(*answer));
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

  Round& round_;
  tcp::socket socket_;
  std::string bytes_;
};

}  // namespace

Result<std::vector<OpenedAnswer>> ask_for_configuration(const ClusterConfig& config, NodeId self,
                                                        const std::string& cluster_key, Millis limit) {
  Result<sidechannel::Sealer> sealer = sidechannel::Sealer::make(cluster_key, self);
  if (!sealer) return tl::unexpected(sealer.error());
  Result<sidechannel::Nonce> nonce = sidechannel::make_nonce();
  if (!nonce) return tl::unexpected(nonce.error());
  Round round{0, std::chrono::steady_clock::now() + limit, {}, std::move(*sealer), std::move(*nonce), {}};
  const auto port = static_cast<std::uint16_t>(side_channel_port(config.port));
  for (const NodeConfig& node : config.nodes) {
    if (node.id == self) continue;
    for (const std::string& link : node.links) {
      error_code error;
      const auto address = boost::asio::ip::make_address(link, error);
      if (!error) std::make_shared<Question>(round)->begin({address, port});
    }
  }
  while (round.open > 0 && round.loop.run_one_until(round.end) > 0) continue;
  std::vector<OpenedAnswer> answers;
  for (auto& [node, answer] : round.answers) answers.push_back(std::move(answer));
  return answers;
}

}  // namespace holdfast
