#include "daemon/node_service.h"

namespace holdfast::daemon {

NodeService::NodeService(runtime::Node& node, std::shared_ptr<const ClusterConfig> config, NodeId self,
                         const api::LogTail& log, std::string log_file)
    : node_(node), config_(std::move(config)), self_(self), log_(log), log_file_(std::move(log_file)) {}

api::Status NodeService::status() {
  return api::make_status(node_.state(), {self_, node_.synced(), node_.unsynced_because(), node_.links(),
                                          HOLDFAST_VERSION, node_.left_out()});
}

api::VersionAnswer NodeService::version() {
  return {HOLDFAST_VERSION, config_->name, config_->name_of(self_), log_file_};
}

std::vector<api::DecisionRecord> NodeService::decisions() {
  std::vector<api::DecisionRecord> records;
  for (const runtime::Remembered& r : node_.decisions())
    records.push_back(api::make_record(*config_, r.at, r.epoch, r.decision));
  return records;
}

api::LogPage NodeService::log(const api::LogFilter& filter, std::uint64_t from) { return log_.page(filter, from); }

void NodeService::request(Request asked, std::function<void(api::RequestAnswer)> done) {
  node_.request(std::move(asked), [done = std::move(done)](runtime::Answer answer) {
    done({answer.kind, std::move(answer.text)});
  });
}

}  // namespace holdfast::daemon
