// The truth about this node, as it stands now (law 4). It changes at once; the others hear of it by the events that the
// changes return, and by the report of the next sync if such an event is lost.
#pragma once

#include <optional>
#include <vector>

#include "model/event.h"

namespace holdfast::runtime {

class FactBook {
 public:
  FactBook(NodeId self, Digest config);
  void begin_life(std::uint64_t incarnation) { own_.incarnation = incarnation; }

  const NodeFacts& own() const { return own_; }
  /// A resource that was never written: unknown.
  const ResourceFact& resource(const ResourceName& name) const;

  /// The event to tell, or nothing if that is what the book already says.
  std::optional<Event> set(const ResourceName& name, ResourceFact fact);
  std::optional<Event> set_links(std::vector<LinkFact> links);
  std::optional<Event> set_witness(WitnessFact fact);
  /// Another witness is asked from now on; everybody forgets what the former one said (O7).
  void forget_witness();
  std::optional<Event> set_fence(NodeId target, FenceFact fact);
  /// The configuration with this digest is stored on this node.
  std::optional<Event> set_config(Digest digest);
  /// It is not configured any more.
  void forget(const ResourceName& name);
  /// The same fact once more, as the newest.
  Event tell_again(const ResourceName& name);
  Event tell_fence_again(NodeId target);

  void add_request(const Request& request);
  void remove_request(const RequestId& id);

  /// What `known` (the others' knowledge of this node) lacks or has wrong.
  std::vector<Event> differing_from(const NodeFacts& known);

 private:
  NodeFacts own_;
};

}  // namespace holdfast::runtime
