// The words of a story for what a core took in and decided: the same for a simulated run and for a replayed journal.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/state.h"

namespace holdfast::sim {

/// "-" for none.
std::string node_name(const ClusterConfig& config, NodeId node);

/// What is the same on all members: the view or the timer, and every decision.
std::vector<std::string> step_lines(const ClusterConfig& config, const Event& event, const Outcome& outcome);

/// "move web to beta".
std::string request_words(const ClusterConfig& config, const Request& request);

/// Which paths went up or down, as their nodes tell it.
class LinkLines {
 public:
  std::vector<std::string> take(const ClusterConfig& config, const LinksChanged& change);

 private:
  std::map<NodeId, std::vector<LinkFact>> known_;
};

}  // namespace holdfast::sim
