// What mails and webhooks have in common: one transfer of libcurl.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "adapters/notify/sent.h"

namespace holdfast::notify {

class Transfer {
 public:
  explicit Transfer(const GiveUp& give_up);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  template <class Value>
  void set(CURLoption option, Value value) {
    if (handle_) curl_easy_setopt(handle_.get(), option, value);
  }
  /// The data that is sent, which must outlive the transfer.
  void upload(const std::string& text);
  void add_header(const std::string& line);
  void add_recipient(const std::string& address);

  /// False with the reason in `why`.
  bool run(std::string& why);
  long response_code() const;
  /// The last line that the receiver said outside of any content.
  const std::string& last_line() const { return last_line_; }
  /// The first such line that begins with 4 or 5: a refusal of SMTP.
  const std::string& refusal() const { return refusal_; }

 private:
  static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* self);
  static std::size_t take_line(char* buffer, std::size_t size, std::size_t count, void* self);
  static std::size_t drop(char* buffer, std::size_t size, std::size_t count, void* self);
  static int look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  struct Free {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, Free> handle_;
  const GiveUp& give_up_;
  curl_slist* headers_ = nullptr;
  curl_slist* recipients_ = nullptr;
  const std::string* upload_ = nullptr;
  std::size_t read_ = 0;
  std::string last_line_;
  std::string refusal_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace holdfast::notify
