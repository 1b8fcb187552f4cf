// Questions that wait for the answer of a thread, each with a time after which it has hung.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/witness.h"

namespace holdfast::witness {

/// All calls on the loop's thread.
class Questions {
 public:
  using Say = std::function<WitnessAnswer(const std::vector<NodeId>& members)>;

  /// `say` makes the answer from what is known by then.
  Questions(boost::asio::io_context& loop, Millis patience, Say say)
      : loop_(loop), patience_(patience), say_(std::move(say)) {}
  ~Questions() {
    for (const auto& question : open_) question->done = nullptr;
  }

  void add(std::vector<NodeId> members, std::function<void(WitnessAnswer)> done, Instant now) {
    auto question = std::make_shared<Question>(loop_, std::move(members), std::move(done), now);
    question->timer.expires_after(patience_);
    question->timer.async_wait([this, question](const boost::system::error_code& error) {
      if (!error && question->done) answer(*question);
    });
    open_.push_back(std::move(question));
  }

  /// What was looked at from `began` on is known now.
  void looked(Instant began) {
    const auto open = open_;
    for (const auto& question : open)
      if (question->done && began >= question->asked) answer(*question);
  }

 private:
  struct Question {
    Question(boost::asio::io_context& loop, std::vector<NodeId> who, std::function<void(WitnessAnswer)> call,
             Instant at)
        : members(std::move(who)), done(std::move(call)), timer(loop), asked(at) {}
    std::vector<NodeId> members;
    std::function<void(WitnessAnswer)> done;
    boost::asio::steady_timer timer;
    Instant asked;
  };

  void answer(Question& question) {
    const auto done = std::exchange(question.done, nullptr);
    const std::vector<NodeId> members = question.members;
    question.timer.cancel();
    std::erase_if(open_, [&](const auto& one) { return one.get() == &question; });
    done(say_(members));
  }

  boost::asio::io_context& loop_;
  Millis patience_;
  Say say_;
  std::vector<std::shared_ptr<Question>> open_;
};

}  // namespace holdfast::witness
