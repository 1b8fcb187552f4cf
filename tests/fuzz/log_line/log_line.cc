// Any bytes as a line of the log, as the words of a filter, and as texts to log. Input: the bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/log/v1_line.h"
#include "api/log_filter.h"

namespace {

using namespace holdfast;

void read_anything(std::string_view input) {
  const auto record = api::parse_log_line(input);
  if (record) {
    (void)api::parse_time(record->time);
    api::LogFilter filter;
    filter.resource = record->resource;
    filter.node = record->node;
    filter.level = record->level;
    if (!api::matches(filter, input)) std::abort();
  }
  (void)api::parse_time(input);
  (void)api::parse_level(input);
  (void)api::parse_since(input, WallTime{1767225600000});
}

/// What was written is one line, and is read back as it stands.
void write_anything(std::string_view input) {
  const std::size_t third = input.size() / 3;
  const LogLine line{Severity::notify,
                     std::string(input.substr(0, third)),
                     "start",
                     ResourceName{std::string(input.substr(third, third))},
                     42,
                     std::string(input.substr(2 * third))};
  const std::string message = logging::v1_message(line);
  if (message.find('\n') != std::string::npos) std::abort();
  const auto read = api::parse_log_line(logging::v1_line({"alpha", "holdfastd", 1}, WallTime{}, message));
  if (!read || read->node != "alpha" || read->action != "start" || read->message != "000042") std::abort();
  if (message != "NOTIFY:" + read->module + ":start:" + read->resource + ":000042:" + read->text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  read_anything(input);
  write_anything(input);
  return 0;
}
