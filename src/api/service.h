// What the API asks of a node. Real: the daemon, over runtime::Node. Simulated: the tests' cluster.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answers.h"
#include "api/log_filter.h"
#include "api/notify_answer.h"
#include "api/plan.h"
#include "api/preview.h"
#include "api/status.h"

namespace holdfast::api {

/// A file's plan, and what is to be asked for it.
struct Planned {
  PlanAnswer answer;
  std::optional<ConfigProposal> proposal;  ///< none: the file has mistakes
};

/// All calls and callbacks on the loop's thread.
class Service {
 public:
  virtual ~Service() = default;

  /// Never null.
  virtual std::shared_ptr<const ClusterConfig> config() = 0;
  virtual Status status() = 0;
  virtual VersionAnswer version() = 0;

  /// All that are remembered, oldest first.
  virtual std::vector<DecisionRecord> decisions() = 0;

  /// Lines of the log that match, from `from` on (0: all that are remembered). See LogTail.
  virtual LogPage log(const LogFilter& filter, std::uint64_t from) = 0;

  /// Of the configuration in use, with the file's text.
  virtual ConfigAnswer stored_config() = 0;
  /// Reads the text of a file; changes nothing (V9).
  virtual Planned plan(const std::string& text, const std::string& file) = 0;
  /// What the request would do now. Nothing is done.
  virtual Preview preview(const Request& asked) = 0;

  /// What `holdfast simulate` begins from: a SimulationInput in the encoding of the wire.
  virtual std::string simulation_input() = 0;

  /// V5: one attempt for each of these, by this node. `done` is called once. False: another test is under way.
  virtual bool test_notify(std::vector<NotifyTarget> targets,
                           std::function<void(std::vector<NotifyTestResult>)> done) = 0;

  /// Resource and node are configured ones. `done` is called once, with the final answer.
  virtual void request(Request asked, std::function<void(RequestAnswer)> done) = 0;
};

}  // namespace holdfast::api
