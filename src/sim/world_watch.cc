// What the world tells its observers, the operators' requests, and whether it is at rest.
#include <algorithm>

#include "base/format.h"
#include "sim/world.h"

namespace holdfast::sim {

namespace {
constexpr Micros quiet_time{2000000};

bool changes_something(OperationKind kind) {
  return kind == OperationKind::start || kind == OperationKind::stop || kind == OperationKind::recover;
}
}  // namespace

void World::request(Request request) {
  const std::optional<NodeId> node = request.node;
  ask({++asked_, request, NodeId{0}}, node, [&](runtime::Node& daemon, std::function<void(runtime::Answer)> done) {
    daemon.request(std::move(request), std::move(done));
  });
}

void World::ask(AskedRequest asked, std::optional<NodeId> node, const Call& call) {
  const auto can_answer = [this](NodeId n) { return machine(n).daemon && !machine(n).owner->paused(); };
  if (node && can_answer(*node)) asked.origin = *node;
  for (std::uint32_t i = 1; i <= machines_.size() && asked.origin.value == 0; ++i)
    if (can_answer(NodeId{i})) asked.origin = NodeId{i};
  touch();
  for (WorldObserver* o : observers_) o->on_request(asked);
  if (asked.origin.value == 0) {
    for (WorldObserver* o : observers_) o->on_answer(asked, {AnswerKind::failed, "no daemon answers"});
    return;
  }
  unanswered_[asked.number] = machine(asked.origin).owner;
  const auto answer = [this, asked](const runtime::Answer& given) {
    unanswered_.erase(asked.number);
    touch();
    for (WorldObserver* o : observers_) o->on_answer(asked, given);
    if (asked.request.kind == RequestKind::leave && given.kind == AnswerKind::done) leave(*asked.request.node);
  };
  call(machine(asked.origin).daemon->node(), answer);
}

void World::on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) {
  if (changes_something(kind)) touch();
  for (WorldObserver* o : observers_) o->on_operation_begin(node, resource, kind);
}

void World::on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                             const OperationResult& result) {
  if (changes_something(kind)) touch();
  for (WorldObserver* o : observers_) o->on_operation_end(node, resource, kind, result);
}

void World::on_running(NodeId node, const ResourceName& resource, bool running, const char* why) {
  for (WorldObserver* o : observers_) o->on_running(node, resource, running, why);
}

void World::on_ring(NodeId node, const std::vector<NodeId>& members) {
  touch();
  for (WorldObserver* o : observers_) o->on_ring(node, members);
}

void World::daemon_stepped(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) {
  touch();
  for (WorldObserver* o : observers_) o->on_step(node, event, outcome, state);
}

void World::daemon_logged(NodeId node, const LogLine& line) {
  for (WorldObserver* o : observers_) o->on_log(node, line);
}

std::string World::unrest_of(NodeId node) const {
  const Machine& m = machine(node);
  const std::string& name = config().name_of(node);
  if (m.paused || m.daemon_paused) return name + " stands still";
  if (m.engine_returns) return "the engine of " + name + " is being restarted";
  if (!m.daemon) return m.daemon_returns ? "the daemon of " + name + " is being restarted" : "";
  const runtime::Node& daemon = m.daemon->node();
  if (!daemon.synced()) return format("{} has no synced view: {}", name, daemon.unsynced_because());
  if (m.daemon->agents().busy() > 0) return "an operation is under way on " + name;
  const ClusterState& state = daemon.state();
  if (!state.settled) return name + " waits for nodes it has not heard yet";
  if (!state.requests.empty()) return name + " has a request without an answer";
  for (const auto& [id, other] : state.nodes)
    if (other.standing == Standing::daemon_dead && !other.loss.given_up)
      return format("the grace of the daemon of {} runs", config().name_of(id));
  return unrest_of_losses(node);
}

std::string World::unrest() const {
  if (rings_.forming()) return "a view is forming";
  if (links_.settling()) return "links change";
  if (guards_.marks_grow_old()) return "the mark of a dead node grows old";
  for (std::uint32_t i = 1; i <= machines_.size(); ++i)
    if (std::string why = unrest_of(NodeId{i}); !why.empty()) return why;
  for (const auto& [number, life] : unanswered_)
    if (!life->ended()) return format("request {} has no answer yet", number);
  if (now() - last_activity_ < quiet_time) return "something happened just now";
  return {};
}

}  // namespace holdfast::sim
