#include "wire/codec.h"

#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::wire {

namespace {

Error in(const char* what, const Error& error) { return Error{std::string("not ") + what + ": " + error.text}; }

}  // namespace

std::string encode_event(const Event& event) { return encode_described(event); }

Result<Event> decode_event(std::string_view bytes) {
  return decode_described<Event>(bytes).map_error([](const Error& error) { return in("an event", error); });
}

std::string encode_durable(const DurableState& state) { return encode_described(state); }

Result<DurableState> decode_durable(std::string_view bytes) {
  return decode_described<DurableState>(bytes).map_error(
      [](const Error& error) { return in("a node's state", error); });
}

std::string encode_reach(const ReachNote& note) { return encode_described(note); }

Result<ReachNote> decode_reach(std::string_view bytes) {
  return decode_described<ReachNote>(bytes).map_error(
      [](const Error& error) { return in("a note of a node's reach", error); });
}

std::string encode_simulation(const SimulationInput& input) { return encode_described(input); }

Result<SimulationInput> decode_simulation(std::string_view bytes) {
  return decode_described<SimulationInput>(bytes).map_error(
      [](const Error& error) { return in("the present of a cluster", error); });
}

std::string encode_measurements(const Measurements& measurements) { return encode_described(measurements); }

Result<Measurements> decode_measurements(std::string_view bytes) {
  return decode_described<Measurements>(bytes).map_error(
      [](const Error& error) { return in("the measured times of operations", error); });
}

}  // namespace holdfast::wire
