#include "adapters/log/journal.h"

#include <sys/uio.h>
#include <syslog.h>

#define SD_JOURNAL_SUPPRESS_LOCATION  // the place would always be this file
#include <systemd/sd-journal.h>

#include <array>

#include "base/format.h"

namespace holdfast::logging {

namespace {

int priority(Severity severity) {
  switch (severity) {
    case Severity::info:
      return LOG_INFO;
    case Severity::notify:
      return LOG_NOTICE;
    case Severity::warning:
      return LOG_WARNING;
    case Severity::error:
      break;
  }
  return LOG_ERR;
}

}  // namespace

void send_to_journal(const JournalEntry& entry) {
  std::array<std::string, 7> fields{
      "MESSAGE=" + entry.message,           format("PRIORITY={}", priority(entry.severity)),
      "SYSLOG_IDENTIFIER=" + entry.program, "HOLDFAST_NODE=" + entry.node,
      "HOLDFAST_MODULE=" + entry.module,    "HOLDFAST_RESOURCE=" + entry.resource,
      format("HOLDFAST_ID={:06}", entry.id)};
  std::array<iovec, fields.size()> parts{};
  for (std::size_t i = 0; i < fields.size(); ++i) parts[i] = {fields[i].data(), fields[i].size()};
  sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));  // an error: no journal, and nobody to tell
}

}  // namespace holdfast::logging
