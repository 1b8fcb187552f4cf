// The real AgentRunner: operations as programs, watches by pidfd and netlink.
#pragma once

#include <memory>
#include <string>

#include "adapters/process/command.h"
#include "adapters/process/operation_records.h"
#include "adapters/process/program_runner.h"
#include "adapters/process/watches.h"
#include "ports/agent_runner.h"

namespace holdfast {

/// All on the loop's thread. Destroying it ends operations under way and calls nobody any more; services run on.
class AgentProcesses final : public AgentRunner {
 public:
  /// `commands` says how an operation is run, `questions` how readiness is asked (none: no agent can tell);
  /// `run_directory` is where holdfast-agent and we keep our records.
  AgentProcesses(boost::asio::io_context& loop, CommandSource commands, std::string run_directory,
                 RunnerLimits limits = {}, ReadySource questions = {});

  void run(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done) override;
  void ask_ready(const ResourceConfig& resource, std::function<void(Readiness)> done) override;
  void watch(const ResourceConfig& resource, Changed changed) override;
  void unwatch(const ResourceName& resource) override;

 private:
  template <class Result>
  void answer_later(std::function<void(Result)> done, Result result);
  void run_now(const ResourceConfig& resource, OperationKind kind, std::function<void(OperationResult)> done);

  boost::asio::io_context& loop_;
  CommandSource commands_;
  ReadySource questions_;
  RunnerLimits limits_;
  ProgramRunner runner_;
  OperationRecords records_;
  ProcessWatch processes_;
  AddressWatch addresses_;
  UnitWatch units_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace holdfast
