// A Service without a daemon: it shows the sample cluster and answers requests as the test says.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "api/log_tail.h"
#include "api/service.h"
#include "unit/api/sample.h"

namespace holdfast::test {

class FakeService final : public api::Service {
 public:
  struct Asked {
    RequestKind kind = RequestKind::start;
    std::string resource;
    std::optional<NodeId> node;
    Force force = Force::no;
    bool on = false;
    std::function<void(api::RequestAnswer)> done;
  };

  std::shared_ptr<const ClusterConfig> config() override { return sample.state.config; }
  api::Status status() override { return sample.status(); }
  api::VersionAnswer version() override { return {"0.1.0", "demo", "alpha", log_file}; }
  std::vector<api::DecisionRecord> decisions() override { return records; }
  api::LogPage log(const api::LogFilter& filter, std::uint64_t from) override { return tail.page(filter, from); }
  api::ConfigAnswer stored_config() override { return {3, Digest{0xabc}, "the file"}; }
  api::Planned plan(const std::string& text, const std::string& file) override;
  api::Preview preview(const Request& request) override;
  std::string simulation_input() override { return simulation; }
  bool test_notify(std::vector<NotifyTarget> targets,
                   std::function<void(std::vector<api::NotifyTestResult>)> done) override;
  void request(Request request, std::function<void(api::RequestAnswer)> done) override;

  /// Targets of notifications by mail; one named "broken" takes nothing.
  void notify(const std::vector<std::string>& names);

  Sample sample;
  std::vector<api::DecisionRecord> records;
  api::LogTail tail;
  std::string log_file;
  std::string simulation = std::string("bytes\0 of it", 12);
  std::vector<std::string> tested;             ///< targets, each with its result
  bool testing = false;                        ///< a test is under way
  std::vector<Asked> asked;                    ///< every request so far
  LeaveMode mode = LeaveMode::stop_resources;  ///< of the last one
  std::optional<api::RequestAnswer> answer;    ///< given at once; none: the test calls `done` itself
};

/// alpha failed, so web and web-ip go to beta; with the times of 2026-01-31T12:00:00Z.
std::vector<api::DecisionRecord> takeover_story();

}  // namespace holdfast::test
