#include "daemon/node_service.h"

#include "base/format.h"
#include "core/losses.h"
#include "core/preview.h"
#include "core/quorum.h"
#include "core/report.h"
#include "daemon/planning.h"
#include "wire/codec.h"

namespace holdfast::daemon {

NodeService::NodeService(runtime::Node& node, NodeId self, const api::LogTail& log, const runtime::Durations& durations,
                         Notifying& notifying, std::string log_file)
    : node_(node),
      self_(self),
      log_(log),
      durations_(durations),
      notifying_(notifying),
      log_file_(std::move(log_file)) {}

api::Status NodeService::status() {
  const ClusterState& state = node_.state();
  api::OwnView own{self_, node_.synced(), node_.unsynced_because(), node_.links(), HOLDFAST_VERSION, node_.left_out()};
  own.unheard = node_.unheard();
  if (!state.config->watchdog.device.empty()) own.not_fed = core::why_not_fed(node_.feeding());
  if (node_.synced()) {
    for (const auto& [node, known] : state.nodes) {
      if (known.standing == Standing::failed)
        if (std::string why = core::why_not_free(state, node); !why.empty()) own.not_free[node] = std::move(why);
      if (known.standing == Standing::member && core::quorum_of(state, node) != core::Verdict::yes)
        own.no_quorum[node] = core::why_no_quorum(state, node);
    }
    if (state.frozen) own.frozen_because = why_frozen();
  }
  return api::make_status(state, own);
}

std::string NodeService::why_frozen() const {
  const auto& decisions = node_.decisions();
  for (auto d = decisions.rbegin(); d != decisions.rend(); ++d)
    if (d->decision.message == static_cast<std::uint32_t>(core::Message::frozen)) return d->decision.reason.text;
  return "an internal defect; the log of another node has it";
}

api::Preview NodeService::preview(const Request& asked) {
  if (!node_.synced()) return {format("no view is agreed: {}", node_.unsynced_because()), {}, {}};
  const ClusterState& state = node_.state();
  const core::Preview found = core::preview(state, asked);
  return api::make_preview(state, found.refused, found.operations, found.decisions);
}

api::VersionAnswer NodeService::version() {
  return {HOLDFAST_VERSION, config()->name, config()->name_of(self_), log_file_};
}

std::vector<api::DecisionRecord> NodeService::decisions() {
  std::vector<api::DecisionRecord> records;
  for (const runtime::Remembered& r : node_.decisions())
    records.push_back(api::make_record(*config(), r.at, r.epoch, r.decision));
  return records;
}

api::LogPage NodeService::log(const api::LogFilter& filter, std::uint64_t from) { return log_.page(filter, from); }

api::ConfigAnswer NodeService::stored_config() {
  const ConfigStamp& stamp = node_.state().stamp;
  return {stamp.generation, stamp.digest, node_.config_text()};
}

api::Planned NodeService::plan(const std::string& text, const std::string& file) {
  return make_plan(node_.state(), text, file);
}

bool NodeService::test_notify(std::vector<NotifyTarget> targets,
                              std::function<void(std::vector<api::NotifyTestResult>)> done) {
  return notifying_.test(node_.state(), targets, std::move(done));
}

/// A fence agent's parameters may be secrets, and nothing of them is simulated; nor are notifications.
std::string NodeService::simulation_input() {
  SimulationInput input{*node_.state().config, node_.state(), durations_.measured()};
  for (NodeConfig& node : input.config.nodes)
    for (FenceLevel& level : node.fence) level.parameters.clear();
  input.config.notify.clear();
  return wire::encode_simulation(input);
}

void NodeService::request(Request asked, std::function<void(api::RequestAnswer)> done) {
  node_.request(std::move(asked), [done = std::move(done)](runtime::Answer answer) {
    done({answer.kind, std::move(answer.text)});
  });
}

}  // namespace holdfast::daemon
