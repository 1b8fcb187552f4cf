#include "adapters/sidechannel/probe.h"

#include "wire/limits.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::sidechannel {

std::string encode(const Probe& probe) { return wire::encode_described(probe); }

Result<Probe> decode_probe(std::string_view bytes) {
  Result<Probe> probe = wire::decode_described<Probe>(bytes);
  if (!probe) return probe;
  if (probe->notes.size() > max_carried) return failure("too many notes");
  for (const CarriedNote& note : probe->notes) {
    if (note.note.size() > max_note) return failure("a note is too long");
    if (note.node.value == 0 || note.node.value > wire::max_node) return failure("a note is of no node");
  }
  return probe;
}

}  // namespace holdfast::sidechannel
