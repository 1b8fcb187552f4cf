// What happened in a run, as far as `expect` lines ask for it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/world.h"

namespace holdfast::sim {

class Record final : public WorldObserver {
 public:
  explicit Record(const World& world) : world_(world) {}

  struct Line {
    Instant at;
    NodeId node;
    std::string text;  ///< as it stands in the log file (V1)
  };
  struct Operation {
    NodeId node;
    ResourceName resource;
    OperationKind kind;
    Instant begin;
    std::optional<Instant> end;
  };

  const std::vector<Line>& log() const { return log_; }
  /// The first one, or nullptr.
  const Operation* first(OperationKind kind, const ResourceName& resource, NodeId node) const;
  /// Ran on two nodes at once, at some time.
  const std::set<ResourceName>& twice() const { return twice_; }
  /// The longest time since `since` in which it ran nowhere.
  Micros longest_outage(const ResourceName& resource, Instant since) const;
  const std::optional<runtime::Answer>& last_answer() const { return last_answer_; }

  void on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) override;
  void on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                        const OperationResult& result) override;
  void on_running(NodeId node, const ResourceName& resource, bool running, const char* why) override;
  void on_request(const AskedRequest& request) override;
  void on_answer(const AskedRequest& request, const runtime::Answer& answer) override;
  void on_log(NodeId node, const LogLine& line) override;

 private:
  struct Outage {
    Instant begin;
    std::optional<Instant> end;
  };

  const World& world_;
  std::vector<Line> log_;
  std::vector<Operation> operations_;
  std::set<ResourceName> twice_;
  std::map<ResourceName, int> running_;
  std::map<ResourceName, std::vector<Outage>> outages_;
  std::size_t last_asked_ = 0;
  std::optional<runtime::Answer> last_answer_;
};

}  // namespace holdfast::sim
