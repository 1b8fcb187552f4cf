// Which paths between two nodes went down and came up again, by the words of both ends.
#pragma once

#include <map>
#include <vector>

#include "model/notification.h"
#include "model/state.h"

namespace holdfast::notify {

class Paths {
 public:
  /// After each step. At most one notification of each kind; none for a path that was never up.
  std::vector<Notification> take(const Event& event, const ClusterState& state);

 private:
  enum class Seen : std::uint8_t { never_up, up, down };
  struct Path {
    NodeId low;
    NodeId high;
    LinkIndex link;
    auto operator<=>(const Path&) const = default;
  };
  using Found = std::map<Path, bool>;

  static Found found_in(const ClusterState& state);
  static std::string name_of(const ClusterConfig& config, const Path& path);

  std::map<Path, Seen> seen_;
};

}  // namespace holdfast::notify
