// What the decisions of the core say to people outside: each once, those of one step that belong together as one.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/notification.h"
#include "model/state.h"

namespace holdfast::notify {

class Findings {
 public:
  /// After each step.
  std::vector<Notification> take(const Event& event, const Outcome& outcome, const ClusterState& state);

 private:
  /// What a decision is about: it is said again whenever the levels look again, and told again only if it says
  /// something else.
  using About = std::tuple<std::uint32_t, NodeId, ResourceName>;

  bool is_news(const Decision& decision, const ClusterState& state);
  void forget(const Event& event, const ClusterState& state);
  void look_for_nodes(const ClusterState& state, std::vector<Notification>& told);

  std::map<About, std::string> said_;
  std::map<NodeId, std::pair<Standing, std::uint64_t>> nodes_;  ///< standing and incarnation
  std::map<RequestId, NodeId> leaving_;
};

}  // namespace holdfast::notify
