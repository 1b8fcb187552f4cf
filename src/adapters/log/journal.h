// systemd's journal, where there is one.
#pragma once

#include <string>
#include <string_view>

#include "model/action.h"

namespace holdfast::logging {

/// Sends one entry with MESSAGE, PRIORITY, SYSLOG_IDENTIFIER and HOLDFAST_NODE, HOLDFAST_MODULE, HOLDFAST_RESOURCE,
/// HOLDFAST_ID. Does nothing on a machine without a journal. Blocks while the journal's queue is full.
struct JournalEntry {
  std::string message;
  Severity severity = Severity::info;
  std::string program;
  std::string node;
  std::string module;
  std::string resource;
  std::uint32_t id = 0;
};
void send_to_journal(const JournalEntry& entry);

}  // namespace holdfast::logging
