// Fuzzes everything of the API that takes bytes from outside: the router, and what reads its answers. An input is
// `METHOD TARGET\nBODY`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/answers.h"
#include "api/log_filter.h"
#include "api/router.h"
#include "unit/api/fake_service.h"

namespace {

using namespace holdfast;

/// Exactly one answer, and always JSON's braces: anything else ends the fuzzer.
class CheckedReply final : public HttpReply {
 public:
  void send(HttpResponse response) override {
    const bool known = response.status >= 200 && response.status < 600;
    if (answered_ || !known || response.body.size() < 2 || response.body.front() != '{') std::abort();
    answered_ = true;
  }
  void begin_stream(std::string, std::string) override {
    if (answered_) std::abort();
    answered_ = true;
  }
  void write(std::string) override {}
  bool connected() const override { return false; }
  bool answered() const { return answered_; }

 private:
  bool answered_ = false;
};

std::string_view take(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  static test::FakeService service;
  static api::Router router(service);
  service.answer = api::RequestAnswer{AnswerKind::done, "done"};
  service.asked.clear();

  std::string_view rest = input;
  std::string_view line = take(rest, '\n');
  const std::string_view method = take(line, ' ');
  const auto reply = std::make_shared<CheckedReply>();
  router.handle({std::string(method), std::string(line), std::string(rest)}, reply);
  if (!reply->answered()) std::abort();

  (void)api::parse_status(input);
  (void)api::parse_why(input);
  (void)api::parse_log_page(input);
  (void)api::parse_request_answer(input);
  (void)api::parse_version(input);
  (void)api::parse_error_text(input);
  (void)api::parse_time(input);
  (void)api::parse_since(input, WallTime{1769860800000});
  (void)api::matches({api::LogLevel::warn, "web", "alpha", "core", WallTime{1}}, input);
  return 0;
}
