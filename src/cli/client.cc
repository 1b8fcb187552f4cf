#include "cli/client.h"

#include <curl/curl.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/format.h"

namespace holdfast::cli {
namespace {

constexpr std::size_t body_limit = 64 * 1024 * 1024;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > body_limit) return 0;
  body.append(bytes, size * count);
  return size * count;
}

Handle open(const std::string& socket, const std::string& target) {
  Handle handle(curl_easy_init(), &curl_easy_cleanup);
  if (!handle) return handle;
  curl_easy_setopt(handle.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_URL, ("http://holdfast" + target).c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");  // whatever http_proxy says
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  return handle;
}

const char* why_not_there(long error) {
  switch (error) {
    case ENOENT:
      return "there is no such socket; is holdfastd running?";
    case ECONNREFUSED:
      return "nobody listens there; is holdfastd running?";
    case EACCES:
    case EPERM:
      return "permission denied; run it as root";
    default:
      return "is holdfastd running?";
  }
}

Reply conclude(CURL* handle, CURLcode code, const std::string& socket, Reply reply) {
  long number = 0;
  switch (code) {
    case CURLE_OK:
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &number);
      reply.reach = Reach::answered;
      reply.status = static_cast<unsigned>(number);
      break;
    case CURLE_COULDNT_CONNECT:
      curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
      reply.reach = Reach::no_daemon;
      reply.problem = format("no daemon at {}: {}", socket, why_not_there(number));
      break;
    case CURLE_OPERATION_TIMEDOUT:
      reply.reach = Reach::timed_out;
      reply.problem = format("the daemon at {} did not answer in time", socket);
      break;
    default:
      reply.reach = Reach::broken;
      reply.problem = format("the daemon at {} ended the connection before it had answered", socket);
      break;
  }
  return reply;
}

Reply perform(const Handle& handle, const std::string& socket, Millis limit) {
  Reply reply;
  if (!handle) return {Reach::broken, 0, {}, "out of memory"};
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  const CURLcode code = curl_easy_perform(handle.get());
  return conclude(handle.get(), code, socket, std::move(reply));
}

/// The state of one event stream.
struct Listening {
  const std::function<bool(std::string_view)>& on_event;
  const std::function<bool()>& go_on;
  std::string line;
  bool ended = false;
};

std::size_t on_stream(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& listening = *static_cast<Listening*>(target);
  for (const char c : std::string_view(bytes, size * count)) {
    if (c != '\n') {
      if (listening.line.size() < 4096) listening.line += c;
      continue;
    }
    if (listening.line.starts_with("event: ") && !listening.on_event(std::string_view(listening.line).substr(7))) {
      listening.ended = true;
      return 0;
    }
    listening.line.clear();
  }
  return size * count;
}

int on_progress(void* target, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& listening = *static_cast<Listening*>(target);
  listening.ended = listening.ended || !listening.go_on();
  return listening.ended ? 1 : 0;
}

}  // namespace

Reply Client::get(const std::string& target, Millis limit) const {
  return perform(open(socket_, target), socket_, limit);
}

Reply Client::post(const std::string& target, const std::string& body, Millis limit) const {
  const Handle handle = open(socket_, target);
  const Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"), &curl_slist_free_all);
  if (handle) {
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  return perform(handle, socket_, limit);
}

Reply Client::listen(const std::string& target, const std::function<bool(std::string_view)>& on_event,
                     const std::function<bool()>& go_on) const {
  const Handle handle = open(socket_, target);
  if (!handle) return {Reach::broken, 0, {}, "out of memory"};
  Listening listening{on_event, go_on, {}, false};
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, on_stream);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &listening);
  curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, &listening);
  const CURLcode code = curl_easy_perform(handle.get());
  if (listening.ended) return {Reach::answered, 200, {}, {}};
  return conclude(handle.get(), code, socket_, {});
}

}  // namespace holdfast::cli
