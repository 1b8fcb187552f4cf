// What a request would do before it is done (O5), and which side of a split would lose what (B7).
#pragma once

#include "api/answers.h"

namespace holdfast::api {

/// One step that would be taken, if those before it succeed.
struct PlannedOperation {
  std::string kind;  ///< start, stop, recover
  std::string resource;
  std::string node;
  std::string rule;
  std::string text;  ///< why
  bool operator==(const PlannedOperation&) const = default;
};

/// Answer to a request with `dry_run`.
struct Preview {
  std::string refused;  ///< why it would be refused; empty if it would not
  std::vector<PlannedOperation> operations;
  std::vector<DecisionRecord> decisions;
  bool operator==(const Preview&) const = default;
};

/// One way out of a split: the hierarchy stays on `keep`.
struct SplitChoice {
  std::string keep;
  std::vector<std::string> serves;  ///< what of the hierarchy is in service there now
  Preview preview;
  bool operator==(const SplitChoice&) const = default;
};

/// A hierarchy that is in service on several nodes at once (B4).
struct SplitHierarchy {
  std::string name;
  std::vector<SplitChoice> choices;  ///< one per node that runs something of it
  bool operator==(const SplitHierarchy&) const = default;
};

/// Nodes on which anything of the hierarchy is in service; more than one: it is split.
std::vector<std::string> serving_nodes(const Status& status, const HierarchyStatus& hierarchy);

/// With names instead of ids.
Preview make_preview(const ClusterState& state, std::string refused, const std::vector<RunOperation>& operations,
                     const std::vector<Decision>& decisions);

std::string to_json(const Preview& preview);
/// {"split": [...]}
std::string split_json(const std::vector<SplitHierarchy>& split);
Result<Preview> parse_preview(std::string_view json);
Result<std::vector<SplitHierarchy>> parse_split(std::string_view json);

}  // namespace holdfast::api
