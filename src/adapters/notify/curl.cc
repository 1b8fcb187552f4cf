#include "adapters/notify/curl.h"

#include <algorithm>
#include <cstring>

#include "adapters/notify/secret.h"
#include "base/format.h"

namespace holdfast::notify {

namespace {

constexpr long connect_seconds = 10;
constexpr long whole_seconds = 30;
constexpr std::size_t longest_line = 400;

/// Once in the process, before any thread uses it.
bool ready() {
  static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return done;
}

}  // namespace

Transfer::Transfer(const GiveUp& give_up) : handle_(ready() ? curl_easy_init() : nullptr), give_up_(give_up) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
  set(CURLOPT_TIMEOUT, whole_seconds);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::look);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_HEADERFUNCTION, &Transfer::take_line);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::drop);
  set(CURLOPT_WRITEDATA, this);
}

Transfer::~Transfer() {
  handle_.reset();
  curl_slist_free_all(headers_);
  curl_slist_free_all(recipients_);
}

void Transfer::upload(const std::string& text) {
  upload_ = &text;
  set(CURLOPT_READFUNCTION, &Transfer::read);
  set(CURLOPT_READDATA, this);
}

void Transfer::add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }
void Transfer::add_recipient(const std::string& address) {
  recipients_ = curl_slist_append(recipients_, address.c_str());
}

bool Transfer::run(std::string& why) {
  if (!handle_) {
    why = "libcurl cannot be used";
    return false;
  }
  if (headers_ != nullptr) set(CURLOPT_HTTPHEADER, headers_);
  if (recipients_ != nullptr) set(CURLOPT_MAIL_RCPT, recipients_);
  const CURLcode code = curl_easy_perform(handle_.get());
  if (code == CURLE_OK) return true;
  why = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
  while (!why.empty() && (why.back() == '\n' || why.back() == '\r')) why.pop_back();
  return false;
}

long Transfer::response_code() const {
  long code = 0;
  if (handle_) curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
  return code;
}

std::size_t Transfer::read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<Transfer*>(self);
  const std::size_t part = std::min(size * count, me.upload_->size() - me.read_);
  std::memcpy(buffer, me.upload_->data() + me.read_, part);
  me.read_ += part;
  return part;
}

std::size_t Transfer::take_line(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<Transfer*>(self);
  std::string line(buffer, std::min(size * count, longest_line));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  if (!line.empty()) {
    if ((line[0] == '4' || line[0] == '5') && me.refusal_.empty()) me.refusal_ = line;
    me.last_line_ = std::move(line);
  }
  return size * count;
}

std::size_t Transfer::drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

int Transfer::look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(self)->give_up_ ? 1 : 0;
}

}  // namespace holdfast::notify
