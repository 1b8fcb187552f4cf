// An HTTP exchange as plain values: between what answers (api/) and what carries (adapters/http/), which do not know
// each other.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace holdfast {

struct HttpRequest {
  std::string method;  ///< GET, POST, ...
  std::string target;  ///< path and query as sent, percent-encoded
  std::string body;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
};

/// The way back to one asker. May be kept and used later, on the loop's thread only. Every call is harmless after the
/// asker has gone. Destroyed without an answer: the asker gets a 500.
class HttpReply {
 public:
  virtual ~HttpReply() = default;
  /// The whole answer. Only the first of `send` and `begin_stream` counts.
  virtual void send(HttpResponse response) = 0;
  /// Begins an answer without end. `heartbeat` is written now and then, so that a lost reader is found.
  virtual void begin_stream(std::string content_type, std::string heartbeat) = 0;
  /// More of the stream. A reader that does not keep up is cut off.
  virtual void write(std::string text) = 0;
  /// False once the asker has gone or the answer is complete.
  virtual bool connected() const = 0;
};

using HttpApplication = std::function<void(HttpRequest, std::shared_ptr<HttpReply>)>;

}  // namespace holdfast
