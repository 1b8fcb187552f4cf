#include <cstdio>
#include <ctime>

#include "api/answers.h"
#include "base/format.h"

namespace holdfast::api {

DecisionRecord make_record(const ClusterConfig& config, WallTime at, const Epoch& epoch, const Decision& decision) {
  DecisionRecord record;
  record.at = at;
  record.epoch = format("{}/{}/{}", config.name_of(epoch.leader), epoch.incarnation, epoch.counter);
  record.resource = decision.resource.value;
  if (decision.node.value != 0) record.node = config.name_of(decision.node);
  record.severity = decision.severity;
  record.message = decision.message;
  record.rule = decision.reason.rule;
  record.text = decision.reason.text;
  for (const Rejected& r : decision.reason.rejected) record.rejected.push_back({config.name_of(r.node), r.why});
  return record;
}

std::string utc_text(WallTime time) {
  std::int64_t millis = time.millis % 1000;
  if (millis < 0) millis += 1000;
  const std::time_t seconds = static_cast<std::time_t>((time.millis - millis) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec, millis);
}

std::optional<WallTime> parse_utc(std::string_view text) {
  const std::string copy(text.substr(0, 32));
  std::tm parts{};
  int millis = 0;
  char zone = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3d%c", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &millis, &zone) != 8 ||
      zone != 'Z')
    return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return WallTime{static_cast<std::int64_t>(timegm(&parts)) * 1000 + millis};
}

}  // namespace holdfast::api
