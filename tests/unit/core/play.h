// A cluster of pure states: every synced node runs the real core on the same events; agents answer as the test says.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "core/step.h"

namespace holdfast::core {

inline ResourceName r(std::string name) { return ResourceName{std::move(name)}; }
inline NodeId n(std::uint32_t id) { return NodeId{id}; }

struct ConfigMaker {
  ClusterConfig config;

  explicit ConfigMaker(std::uint32_t nodes, Profile profile = Profile::linux_like) {
    const char* letters[] = {"alpha", "beta", "gamma", "delta"};
    for (std::uint32_t i = 0; i < nodes; ++i)
      config.nodes.push_back({n(i + 1), i < 4 ? letters[i] : "node" + std::to_string(i + 1), {}});
    config.profile = profile;
  }
  ConfigMaker& resource(const std::string& name, std::vector<std::string> below = {},
                        std::vector<std::uint32_t> nodes = {}) {
    ResourceConfig resource;
    resource.name = r(name);
    resource.agent = "ip";
    for (auto& b : below) resource.depends_on.push_back(r(b));
    for (const NodeConfig& node : config.nodes)
      if (nodes.empty()) resource.nodes.push_back(node.id);
    for (const std::uint32_t id : nodes) resource.nodes.push_back(n(id));
    config.resources[resource.name] = resource;
    return *this;
  }
  std::shared_ptr<const ClusterConfig> done() const { return std::make_shared<const ClusterConfig>(config); }
};

/// One side of a cluster, whose members agree. `order` collects what was done, for example "start ip on alpha".
class Play {
 public:
  explicit Play(std::shared_ptr<const ClusterConfig> config) : state(initial_state(config)) {
    for (const NodeConfig& node : config->nodes) facts[node.id] = fresh(node.id, 1);
  }

  static NodeFacts fresh(NodeId node, std::uint64_t incarnation) {
    NodeFacts f;
    f.node = node;
    f.incarnation = incarnation;
    return f;
  }

  Outcome view(std::vector<NodeId> members, std::vector<AbsentNode> absent = {}) {
    ViewSynced view;
    view.epoch = {members.front(), 1, ++epoch};
    view.members = members;
    view.absent = absent;
    for (const NodeId m : members) {
      view.reports.push_back(make_report(state, facts[m]));
      view.reports.back().feature_level = 2;
    }
    return apply(view);
  }

  Outcome apply(const Event& event) {
    ClusterState twin = state;
    Outcome outcome = step(state, event);
    same_twice = same_twice && step(twin, event) == outcome && twin == state;
    for (const Action& action : outcome.actions) take(action);
    decisions.insert(decisions.end(), outcome.decisions.begin(), outcome.decisions.end());
    if (heard) heard(event, outcome, state);
    return outcome;
  }

  Outcome request(RequestKind kind, const std::string& resource, std::optional<NodeId> node = {},
                  Force force = Force::no) {
    Request request{{n(1), 1, ++request_number}, kind, r(resource), node, force};
    facts[n(1)].requests[request.id] = request;
    Outcome outcome = apply(Requested{request});
    run();
    return outcome;
  }

  /// Answers operations until none is left.
  void run() {
    while (!pending.empty()) finish_one();
  }

  void finish_one() {
    const RunOperation op = pending.front();
    pending.pop_front();
    const std::string text = std::string(op.kind == OperationKind::start ? "start " : "stop ") + op.resource.value +
                             " on " + state.config->name_of(op.node);
    order.push_back(text);
    const bool fails = failing.contains(text);
    ResourceFact fact = facts[op.node].resources[op.resource];
    fact.state = fails                             ? ResourceState::failed
                 : op.kind == OperationKind::start ? ResourceState::in_service
                                                   : ResourceState::out_of_service;
    fact.may_run = fails && op.kind == OperationKind::stop;
    fact.failure = !fails ? Failure::none : op.kind == OperationKind::stop ? Failure::stop : Failure::start;
    fact.cause = fails ? "exit code 1" : "";
    tell(op.node, op.resource, fact);
  }

  void tell(NodeId node, ResourceName resource, const ResourceFact& fact) {
    facts[node].resources[resource] = fact;
    apply(ResourceChanged{node, ++facts[node].sequence, resource, fact});
  }

  void power_off(NodeId node) {
    facts[node] = fresh(node, facts[node].incarnation + 1);
    std::erase_if(pending, [&](const RunOperation& op) { return op.node == node; });
  }

  ResourceState at(std::uint32_t node, const std::string& resource) const {
    const auto& resources = state.nodes.at(n(node)).facts.resources;
    const auto fact = resources.find(r(resource));
    return fact == resources.end() ? ResourceState::out_of_service : fact->second.state;
  }
  bool runs(std::uint32_t node, const std::string& resource) const {
    return at(node, resource) == ResourceState::in_service;
  }

  bool said(const std::string& rule, const std::string& text) const {
    for (const Decision& d : decisions)
      if (d.reason.rule == rule && d.reason.text.find(text) != std::string::npos) return true;
    return false;
  }

  ClusterState state;
  std::map<NodeId, NodeFacts> facts;
  std::deque<RunOperation> pending;
  std::vector<AnswerRequest> answers;
  std::vector<SetTimer> timers;
  std::vector<Decision> decisions;
  std::vector<std::string> order;
  std::set<std::string> failing;
  std::uint64_t epoch = 0;
  std::uint64_t request_number = 0;
  std::function<void(const Event&, const Outcome&, const ClusterState&)> heard;  ///< after every step
  bool same_twice = true;  ///< every event gave the same on a copy of the state (law 1)

 private:
  void take(const Action& action) {
    if (const auto* op = std::get_if<RunOperation>(&action)) {
      ResourceFact& fact = facts[op->node].resources[op->resource];
      fact.state = op->kind == OperationKind::start ? ResourceState::starting : ResourceState::stopping;
      fact.operation = op->id;
      if (op->kind == OperationKind::start) fact.for_version = op->for_version;
      fact.failure = Failure::none;
      pending.push_back(*op);
    } else if (const auto* answered = std::get_if<AnswerRequest>(&action)) {
      answers.push_back(*answered);
      facts[n(1)].requests.erase(answered->request);
    } else if (const auto* timer = std::get_if<SetTimer>(&action)) {
      timers.push_back(*timer);
    }
  }
};

}  // namespace holdfast::core
