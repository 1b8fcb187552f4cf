// Messages on their way from the loop to the thread that sends them.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::corosync {

/// In order, bounded. A message belongs to the life of the connection in which it was given: after a loss of the engine
/// the older ones are dropped, as the port says.
class Outbox {
 public:
  enum class Added { kept, full };

  /// The loop's thread.
  Added add(std::string bytes);
  /// The loop's thread, when it hears that the engine was lost: what it gives from now on is of a new life.
  void begin_life();

  /// The sending thread: the oldest message of the present life, which stays first until sent() is called. The
  /// pointer is good until then.
  const std::string* first();
  void sent();
  /// The sending thread, when the connection broke: all that was given until begin_life() is lost.
  void connection_lost();

 private:
  static constexpr std::size_t kMostBytes = 32U << 20;
  struct Message {
    std::uint64_t life;
    std::string bytes;
  };
  std::mutex guard_;
  std::deque<Message> messages_;
  std::size_t bytes_ = 0;
  std::uint64_t given_in_ = 0;
  std::uint64_t sent_in_ = 0;
};

}  // namespace holdfast::corosync
