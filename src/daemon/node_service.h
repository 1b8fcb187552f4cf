// The API's questions, answered from one node's runtime.
#pragma once

#include "api/log_tail.h"
#include "api/service.h"
#include "daemon/notifying.h"
#include "runtime/durations.h"
#include "runtime/node.h"

namespace holdfast::daemon {

class NodeService final : public api::Service {
 public:
  /// All must outlive the service.
  NodeService(runtime::Node& node, NodeId self, const api::LogTail& log, const runtime::Durations& durations,
              Notifying& notifying, std::string log_file);

  std::shared_ptr<const ClusterConfig> config() override { return node_.state().config; }
  api::Status status() override;
  api::VersionAnswer version() override;
  std::vector<api::DecisionRecord> decisions() override;
  api::LogPage log(const api::LogFilter& filter, std::uint64_t from) override;
  api::ConfigAnswer stored_config() override;
  api::Planned plan(const std::string& text, const std::string& file) override;
  api::Preview preview(const Request& asked) override;
  std::string simulation_input() override;
  bool test_notify(std::vector<NotifyTarget> targets,
                   std::function<void(std::vector<api::NotifyTestResult>)> done) override;
  void request(Request asked, std::function<void(api::RequestAnswer)> done) override;

 private:
  std::string why_frozen() const;

  runtime::Node& node_;
  NodeId self_;
  const api::LogTail& log_;
  const runtime::Durations& durations_;
  Notifying& notifying_;
  std::string log_file_;
};

}  // namespace holdfast::daemon
