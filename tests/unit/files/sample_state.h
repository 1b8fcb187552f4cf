#pragma once

#include <gtest/gtest.h>

#include "adapters/files/state_file.h"

namespace holdfast::files {

/// Something of every kind; `padding` bytes long at least.
inline DurableState sample_state(std::uint64_t incarnation, std::size_t padding = 0) {
  DurableState state;
  state.incarnation = incarnation;
  state.boot = "0c3a5f6e-8d4c-4f0e-9a52-3f1f4d1c2b77";
  state.intents[ResourceName{"web-ip"}].home = NodeId{2};
  NodeFacts& facts = state.others.emplace_back();
  facts.node = NodeId{1};
  facts.resources[ResourceName{"web-ip"}].cause = std::string(padding, 'x');
  return state;
}

/// What it loads; a failure of the test if that is an error.
inline std::optional<DurableState> loaded_by(StateFile&& store) {
  Result<std::optional<DurableState>> state = store.load();
  if (!state) ADD_FAILURE() << state.error().text;
  return state ? *state : std::nullopt;
}
inline std::optional<DurableState> loaded_by(StateFile& store) { return loaded_by(std::move(store)); }

}  // namespace holdfast::files
