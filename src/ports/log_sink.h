// Where the runtime tells what happens on this node. Real: the log file and the journal (adapters/log). Simulated:
// sim/.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.h"
#include "model/action.h"

namespace holdfast {

/// One line of the log (V1), without time, node and process, which the adapter adds.
struct LogLine {
  Severity severity = Severity::info;
  std::string module;         ///< links, membership, sync, core, agents, engine, daemon, api
  std::string action;         ///< start, stop, ... or empty
  ResourceName resource;      ///< may be empty
  std::uint32_t message = 0;  ///< six-digit id, listed in docs/messages.md
  std::string text;
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(const LogLine& line) = 0;
};

}  // namespace holdfast
