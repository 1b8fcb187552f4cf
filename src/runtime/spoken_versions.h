// Which protocol versions the daemons of the group speak, as their messages' headers tell, and which one they have in
// common (docs/decisions/0002). Pure: no I/O, no clock.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "wire/versions.h"

namespace holdfast::runtime {

class SpokenVersions {
 public:
  SpokenVersions(NodeId self, wire::VersionRange own) { ranges_[self] = own; }

  /// True if it is news.
  bool heard(NodeId node, wire::VersionRange range);
  /// Its daemon left; the next one may be another build.
  void forget(NodeId node) { ranges_.erase(node); }
  std::optional<wire::VersionRange> of(NodeId node) const;

  struct Agreement {
    wire::VersionRange range;      ///< that all others of the group speak
    std::vector<NodeId> left_out;  ///< who has nothing in common with those before it
    bool leaves_out(NodeId node) const;
  };
  /// The same for everybody who has heard the same: the lowest node is right, and each that follows must fit. A node
  /// that was not heard yet counts as one that fits. `group` ascending.
  Agreement agree(const std::vector<NodeId>& group) const;

 private:
  std::map<NodeId, wire::VersionRange> ranges_;
};

}  // namespace holdfast::runtime
