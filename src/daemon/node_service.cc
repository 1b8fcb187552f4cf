#include "daemon/node_service.h"

#include "daemon/planning.h"

namespace holdfast::daemon {

NodeService::NodeService(runtime::Node& node, NodeId self, const api::LogTail& log, std::string log_file)
    : node_(node), self_(self), log_(log), log_file_(std::move(log_file)) {}

api::Status NodeService::status() {
  return api::make_status(node_.state(), {self_, node_.synced(), node_.unsynced_because(), node_.links(),
                                          HOLDFAST_VERSION, node_.left_out()});
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

void NodeService::request(Request asked, std::function<void(api::RequestAnswer)> done) {
  node_.request(std::move(asked), [done = std::move(done)](runtime::Answer answer) {
    done({answer.kind, std::move(answer.text)});
  });
}

}  // namespace holdfast::daemon
