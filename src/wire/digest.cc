#include "base/overloaded.h"
#include "wire/codec.h"
#include "wire/digester.h"
#include "wire/journal.h"
#include "wire/veil.h"

namespace holdfast::wire {

namespace {

template <class... Values>
void add(Digester& digester, const Values&... values) {
  (digester.value(values), ...);
}

void add(Digester& digester, const Action& action) {
  digester.value(std::uint64_t{action.index()});
  std::visit(
      Overloaded{
          [&](const RunOperation& a) { add(digester, a.id, a.node, a.resource, a.kind, a.for_version, a.reason); },
          [&](const SetTimer& a) { add(digester, a.timer, a.after, a.reason); },
          [&](const CancelTimer& a) { add(digester, a.timer); },
          [&](const AnswerRequest& a) { add(digester, a.request, a.kind, a.text); },
          [&](const FenceNode& a) { add(digester, a.id, a.executor, a.target, a.level, a.delay, a.reason); },
          [&](const ResetNode& a) { add(digester, a.node, a.how, a.reason); },
          [&](const AdoptConfiguration& a) { add(digester, a.stamp); }},
      action);
}

}  // namespace

Digest digest_of(const ClusterState& state) { return digest_of_described(state); }

Digest digest_of(const ClusterConfig& config) { return digest_of_described(config); }

Digest digest_of(const Outcome& outcome) {
  Digester digester;
  digester.value(std::uint64_t{outcome.actions.size()});
  for (const Action& action : outcome.actions) add(digester, action);
  digester.value(outcome.decisions);
  return digester.result();
}

Digest journal_digest(const ClusterState& state) {
  const std::optional<ClusterState> without = veiled(state);
  return digest_of(without ? *without : state);
}

}  // namespace holdfast::wire
