// A client of bare sockets, that may say whatever it likes.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::test {

class RawClient {
 public:
  /// Throws if nobody listens there.
  explicit RawClient(const std::string& path);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// As much of it as the other side takes; false if it hung up.
  bool send(std::string_view bytes);
  void say_no_more();  ///< half-close
  void hang_up();

  /// Reads until `text` was seen, the other side closes, or ten seconds pass; what was read since the last call.
  std::string read_until(std::string_view text);
  /// Reads one answer with its body, as its Content-Length says.
  std::string read_answer();
  /// Everything up to the end of the connection.
  std::string read_all();
  bool at_end() const { return end_; }

 private:
  bool receive();

  int descriptor_ = -1;
  bool end_ = false;
  std::string received_;
};

}  // namespace holdfast::test
