#include "sim/trace_digest.h"

#include "wire/codec.h"

namespace holdfast::sim {

/// Byte by byte: no byte order, no padding.
void TraceDigest::add(std::uint64_t number) {
  char bytes[8];
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  digest_ = digest_of(std::string_view(bytes, sizeof bytes), digest_);
}

void TraceDigest::add(std::string_view text) {
  add(text.size());
  digest_ = digest_of(text, digest_);
}

void TraceDigest::begin(std::uint64_t kind, NodeId node) {
  add(kind);
  add(static_cast<std::uint64_t>(world_.now().micros));
  add(node.value);
}

void TraceDigest::on_step(NodeId node, const Event& event, const Outcome& outcome, const ClusterState& state) {
  begin(1, node);
  add(event.index());
  for (const Action& action : outcome.actions) {
    add(action.index());
    if (const auto* run = std::get_if<RunOperation>(&action)) {
      add(run->id.number);
      add(run->node.value);
      add(run->resource.value);
      add(static_cast<std::uint64_t>(run->kind));
    }
  }
  for (const Decision& decision : outcome.decisions) {
    add(decision.message);
    add(decision.reason.rule);
    add(decision.reason.text);
  }
  add(wire::digest_of(state).value);
}

void TraceDigest::on_operation_begin(NodeId node, const ResourceName& resource, OperationKind kind) {
  begin(2, node);
  add(resource.value);
  add(static_cast<std::uint64_t>(kind));
}

void TraceDigest::on_operation_end(NodeId node, const ResourceName& resource, OperationKind kind,
                                   const OperationResult& result) {
  begin(3, node);
  add(resource.value);
  add(static_cast<std::uint64_t>(kind));
  add(static_cast<std::uint64_t>(result.outcome));
}

void TraceDigest::on_running(NodeId node, const ResourceName& resource, bool running, const char* why) {
  begin(running ? 4 : 5, node);
  add(resource.value);
  add(why);
}

void TraceDigest::on_answer(const AskedRequest& request, const runtime::Answer& answer) {
  begin(6, request.origin);
  add(request.number);
  add(static_cast<std::uint64_t>(answer.kind));
  add(answer.text);
}

void TraceDigest::on_happening(NodeId node, const std::string& what) {
  begin(7, node);
  add(what);
}

}  // namespace holdfast::sim
