#include "wire/codec.h"
#include "wire/digester.h"

namespace holdfast::wire {

Digest digest_of(const ClusterState& state) { return digest_of_described(state); }

Digest digest_of(const ClusterConfig& config) { return digest_of_described(config); }

}  // namespace holdfast::wire
