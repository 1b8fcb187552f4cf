// All single and double faults of 32 nodes and 200 resources in 50 hierarchies (V10: under 60 s).
#include <benchmark/benchmark.h>

#include "simulate/matrix.h"

namespace holdfast::simulate {
namespace {

ClusterConfig big_cluster() {
  ClusterConfig config;
  config.name = "big";
  for (std::uint32_t i = 1; i <= 32; ++i)
    config.nodes.push_back(
        {NodeId{i}, "node" + std::to_string(i), {"10.0.0." + std::to_string(i), "10.1.0." + std::to_string(i)}});
  for (std::uint32_t h = 0; h < 50; ++h)
    for (std::uint32_t i = 0; i < 4; ++i) {
      ResourceConfig resource;
      const std::string stem = "service" + std::to_string(h) + "-part";
      resource.name = ResourceName{stem + std::to_string(i)};
      resource.agent = i == 0 ? "ip" : "process";
      if (i > 0) resource.depends_on.push_back(ResourceName{stem + std::to_string(i - 1)});
      for (std::uint32_t n = 0; n < 32; ++n) resource.nodes.push_back(NodeId{(h + n) % 32 + 1});
      config.resources[resource.name] = resource;
    }
  return config;
}

void BM_Matrix(benchmark::State& bench) {
  const Result<Present> present = present_of(everything_at_home(big_cluster()));
  for (auto unused : bench) {
    const Matrix matrix = make_matrix(*present);
    bench.counters["simulated"] = static_cast<double>(matrix.simulated);
    bench.counters["rows"] = static_cast<double>(matrix.pairs.size());
  }
}
BENCHMARK(BM_Matrix)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace holdfast::simulate
