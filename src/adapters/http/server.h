// HTTP/1.1 on a unix socket, for the API. Runs on the daemon's loop, never blocks it, and no request, however hostile,
// ends it (E3).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/http.h"
#include "base/result.h"
#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::http {

/// Limits on everything that an asker can make us hold.
struct ServerSettings {
  std::string path = "/run/holdfast/api.sock";
  std::size_t connections = 64;            ///< at once; one more is answered with 503
  std::size_t header_bytes = 16 * 1024;    ///< more: 431
  std::size_t body_bytes = 1024 * 1024;    ///< more: 413
  Millis request_limit{10000};             ///< for a whole request to arrive; also the longest idle time
  Millis write_limit{10000};               ///< for an asker to take what we send
  std::size_t stream_bytes = 1024 * 1024;  ///< unread bytes of a stream, beyond which its reader is cut off
  Millis heartbeat{15000};                 ///< of streams
};

/// One thread: that of the loop. Requests on one connection are answered one after the other.
class Server {
 public:
  /// Listens from now on. The application is called for every well-formed request. Errors are one line with the path.
  static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& loop, ServerSettings settings,
                                                HttpApplication application);
  /// Closes every connection and removes the socket. Replies that are still held become harmless.
  ~Server();

  std::size_t connections() const;

 private:
  class Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast::http
