#include "sim/scenario/record.h"

#include <algorithm>
#include <array>

#include "base/format.h"

namespace holdfast::sim {

namespace {

/// The log file's word and a time that begins at the simulation's begin.
std::string log_text(const World& world, NodeId node, const LogLine& line) {
  constexpr std::array<std::string_view, 4> levels = {"INFO", "NOTIFY", "WARN", "ERROR"};
  return format("{} {} holdfastd[{}]: {}:{}:{}:{}:{:06}:{}", world.now().micros / 1000, world.config().name_of(node),
                node.value, levels[static_cast<std::size_t>(line.severity)], line.module, line.action,
                line.resource.value, line.message, line.text);
}

}  // namespace

void Record::on_log(NodeId node, const LogLine& line) {
  log_.push_back({world_.now(), node, log_text(world_, node, line)});
}

const Record::Operation* Record::first(OperationKind kind, const ResourceName& resource, NodeId node) const {
  const auto found = std::find_if(operations_.begin(), operations_.end(), [&](const Operation& o) {
    return o.kind == kind && o.resource == resource && o.node == node;
  });
  return found == operations_.end() ? nullptr : &*found;
}

void Record::on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) {
  operations_.push_back({node, resource, kind, world_.now(), std::nullopt});
}

void Record::on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind, const OperationResult&) {
  const auto found = std::find_if(operations_.rbegin(), operations_.rend(), [&](const Operation& o) {
    return o.kind == kind && o.resource == resource && o.node == node && !o.end;
  });
  if (found != operations_.rend()) found->end = world_.now();
}

void Record::on_running(NodeId, const ResourceName& resource, bool running, const char*) {
  int& count = running_[resource];
  count += running ? 1 : -1;
  if (count > 1) twice_.insert(resource);
  std::vector<Outage>& outages = outages_[resource];
  if (count == 0) outages.push_back({world_.now(), std::nullopt});
  if (running && count == 1 && !outages.empty()) outages.back().end = world_.now();
}

Micros Record::longest_outage(const ResourceName& resource, Instant since) const {
  Micros longest{0};
  const auto found = outages_.find(resource);
  if (found == outages_.end()) return world_.now() - since;  // it never ran
  for (const Outage& o : found->second)
    longest = std::max(longest, o.end.value_or(world_.now()) - std::max(o.begin, since));
  return longest;
}

void Record::on_request(const AskedRequest& request) {
  last_asked_ = request.number;
  last_answer_.reset();
}

void Record::on_answer(const AskedRequest& request, const runtime::Answer& answer) {
  if (request.number == last_asked_) last_answer_ = answer;
}

}  // namespace holdfast::sim
