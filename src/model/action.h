// What the core wants done, as plain values, each with its reason (law 5).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/event.h"

namespace holdfast {

/// A node that was not chosen, and why.
struct Rejected {
  NodeId node;
  std::string why;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "node", self.node);
    visit(2, "why", self.why);
  }
  bool operator==(const Rejected&) const = default;
};

/// Why. `rule` is a number of the contract, for example "N4".
struct Reason {
  std::string rule;
  std::string text;
  std::vector<Rejected> rejected;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "rule", self.rule);
    visit(2, "text", self.text);
    visit(3, "rejected", self.rejected);
  }
  bool operator==(const Reason&) const = default;
};

/// Run an agent's start, stop or recover on `node`. An intent: a second one with the same id joins the first.
struct RunOperation {
  OperationId id;
  NodeId node;
  ResourceName resource;
  OperationKind kind = OperationKind::start;
  Version for_version;
  Reason reason;

  bool operator==(const RunOperation&) const = default;
};

/// Power `target` off with its fence level `level` and make sure that it is off (G3). A second one with the same id
/// joins the first; the executor tells how it stands by FenceChanged.
struct FenceNode {
  OperationId id;
  NodeId executor;
  NodeId target;
  std::uint32_t level = 0;
  Millis delay{0};  ///< the other side's head start
  Reason reason;
  bool operator==(const FenceNode&) const = default;
};

enum class ResetHow : std::uint8_t { reboot, halt };

/// `node` resets itself at once: no stop, no sync (F4, G2).
struct ResetNode {
  NodeId node;
  ResetHow how = ResetHow::reboot;
  Reason reason;
  bool operator==(const ResetNode&) const = default;
};

/// `state.config` is another one now: every member takes it up and stores it, with the file's text (V9).
struct AdoptConfiguration {
  ConfigStamp stamp;
  std::string text;
  bool operator==(const AdoptConfiguration&) const = default;
};

struct SetTimer {
  TimerId timer;
  Millis after{0};
  Reason reason;
  bool operator==(const SetTimer&) const = default;
};

struct CancelTimer {
  TimerId timer;
  bool operator==(const CancelTimer&) const = default;
};

enum class AnswerKind : std::uint8_t { done, failed, refused };

/// The one final answer to an operator's request; for its origin only.
struct AnswerRequest {
  RequestId request;
  AnswerKind kind = AnswerKind::done;
  std::string text;
  bool operator==(const AnswerRequest&) const = default;
};

using Action =
    std::variant<RunOperation, SetTimer, CancelTimer, AnswerRequest, FenceNode, ResetNode, AdoptConfiguration>;

enum class Severity : std::uint8_t { info, notify, warning, error };

/// A decision or a finding, for the log, the timeline and `holdfast why`. The same on every member.
struct Decision {
  ResourceName resource;  ///< empty: about a node or the cluster
  NodeId node;            ///< 0: none in particular
  Severity severity = Severity::notify;
  std::uint32_t message = 0;  ///< six-digit id of the message catalogue (V1)
  Reason reason;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "resource", self.resource);
    visit(2, "node", self.node);
    visit(3, "severity", self.severity);
    visit(4, "message", self.message);
    visit(5, "reason", self.reason);
  }
  bool operator==(const Decision&) const = default;
};

/// What `step` answers. Carry out `actions` in their order.
struct Outcome {
  std::vector<Action> actions;
  std::vector<Decision> decisions;
  bool operator==(const Outcome&) const = default;
};

}  // namespace holdfast
