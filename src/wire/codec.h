// Described values <-> bytes, in protobuf's wire format (docs/decisions/0004): fields by number, unknown ones skipped,
// missing ones keep their default, so that two versions can talk.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "model/durable.h"
#include "model/reach.h"
#include "model/simulation.h"
#include "model/state.h"

namespace holdfast::wire {

// Decoding takes any bytes (E3): at most 16 MiB, an error says which field is wrong and why.

std::string encode_event(const Event& event);
Result<Event> decode_event(std::string_view bytes);

std::string encode_durable(const DurableState& state);
Result<DurableState> decode_durable(std::string_view bytes);

std::string encode_reach(const ReachNote& note);
Result<ReachNote> decode_reach(std::string_view bytes);
std::string encode_simulation(const SimulationInput& input);
Result<SimulationInput> decode_simulation(std::string_view bytes);
std::string encode_measurements(const Measurements& measurements);
Result<Measurements> decode_measurements(std::string_view bytes);

/// The same on every build and machine; made of the members' values in the order of their structs.
Digest digest_of(const ClusterState& state);
Digest digest_of(const ClusterConfig& config);

}  // namespace holdfast::wire
