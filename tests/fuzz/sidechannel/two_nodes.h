// Two nodes with one cluster key.
#pragma once

#include "../require.h"
#include "adapters/sidechannel/seal.h"

struct TwoNodes {
  holdfast::Result<holdfast::sidechannel::Sealer> alpha =
      holdfast::sidechannel::Sealer::make("key", holdfast::NodeId{1});
  holdfast::Result<holdfast::sidechannel::Sealer> beta =
      holdfast::sidechannel::Sealer::make("key", holdfast::NodeId{2});

  static TwoNodes& get() {
    static TwoNodes nodes;
    require(nodes.alpha && nodes.beta);
    return nodes;
  }
};
