#include "runtime/fact_book.h"

namespace holdfast::runtime {

FactBook::FactBook(NodeId self, Digest config) {
  own_.node = self;
  own_.config = config;
}

const ResourceFact& FactBook::resource(const ResourceName& name) const {
  static const ResourceFact unknown;
  const auto found = own_.resources.find(name);
  return found == own_.resources.end() ? unknown : found->second;
}

std::optional<Event> FactBook::set(const ResourceName& name, ResourceFact fact) {
  const auto [place, added] = own_.resources.try_emplace(name);
  if (!added && place->second == fact) return std::nullopt;
  place->second = std::move(fact);
  return tell_again(name);
}

std::optional<Event> FactBook::set_links(std::vector<LinkFact> links) {
  if (own_.links == links) return std::nullopt;
  own_.links = std::move(links);
  return LinksChanged{own_.node, ++own_.sequence, own_.links};
}

std::optional<Event> FactBook::set_witness(WitnessFact fact) {
  if (own_.witness == fact) return std::nullopt;
  own_.witness = std::move(fact);
  return WitnessChanged{own_.node, ++own_.sequence, *own_.witness};
}

void FactBook::forget_witness() {
  if (own_.witness) ++own_.sequence;
  own_.witness.reset();
}

std::optional<Event> FactBook::set_fence(NodeId target, FenceFact fact) {
  const auto [place, added] = own_.fences.try_emplace(target);
  if (!added && place->second == fact) return std::nullopt;
  place->second = std::move(fact);
  return tell_fence_again(target);
}

Event FactBook::tell_fence_again(NodeId target) {
  return FenceChanged{own_.node, ++own_.sequence, target, own_.fences[target]};
}

std::optional<Event> FactBook::set_config(Digest digest) {
  if (own_.config == digest) return std::nullopt;
  own_.config = digest;
  return ConfigStored{own_.node, ++own_.sequence, digest};
}

void FactBook::forget(const ResourceName& name) {
  if (own_.resources.erase(name) != 0) ++own_.sequence;
}

Event FactBook::tell_again(const ResourceName& name) {
  return ResourceChanged{own_.node, ++own_.sequence, name, own_.resources[name]};
}

void FactBook::add_request(const Request& request) {
  own_.requests[request.id] = request;
  ++own_.sequence;
}

void FactBook::remove_request(const RequestId& id) {
  if (own_.requests.erase(id) != 0) ++own_.sequence;
}

std::vector<Event> FactBook::differing_from(const NodeFacts& known) {
  std::vector<Event> events;
  for (const auto& [name, fact] : own_.resources) {
    const auto theirs = known.resources.find(name);
    const bool same = theirs == known.resources.end() ? says_nothing(fact) : theirs->second == fact;
    if (!same) events.push_back(tell_again(name));
  }
  if (known.links != own_.links) events.emplace_back(LinksChanged{own_.node, ++own_.sequence, own_.links});
  if (own_.witness && known.witness != own_.witness)
    events.emplace_back(WitnessChanged{own_.node, ++own_.sequence, *own_.witness});
  for (const auto& [target, fact] : own_.fences) {
    const auto theirs = known.fences.find(target);
    if (theirs == known.fences.end() || theirs->second != fact) events.push_back(tell_fence_again(target));
  }
  if (known.config != own_.config) events.emplace_back(ConfigStored{own_.node, ++own_.sequence, own_.config});
  return events;
}

}  // namespace holdfast::runtime
