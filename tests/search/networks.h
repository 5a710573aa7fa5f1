#pragma once

#include <algorithm>
#include <memory>

#include "fusesim/base/random_source.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/explain/controls.h"
#include "fusesim/explain/splitter.h"
#include "fusesim/search/heuristic.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {

inline Config config_with(int64_t buffer_bytes) {
  Config config;
  config.buffer.capacity_bytes = buffer_bytes;
  return config;
}

/// Smallest buffer at which every op is valid alone.
inline int64_t least_buffer(const Graph& graph, Scheme scheme) {
  std::vector<std::unique_ptr<GroupModel>> models;
  for (const FusionScheme* s = &fusion_scheme(scheme); s != nullptr; s = s->fallback()) {
    models.push_back(s->model(graph, cost_params(Config{})));
  }
  int64_t least = 1;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    int64_t needed = kNeverFits;
    for (const auto& model : models) {
      needed = std::min(needed, model->f_beta_bytes({static_cast<OpId>(o)}));
    }
    least = std::max(least, needed + 1);
  }
  return least;
}

inline Group all_ops(const Graph& graph) {
  Group group(graph.ops.size());
  for (size_t o = 0; o < group.size(); ++o) group[o] = static_cast<OpId>(o);
  return group;
}

/// `length` equal 3x3 convolutions, one after the other.
inline Graph chain(int length) {
  GraphBuilder b("chain");
  TensorId x = b.input({8, 16, 16});
  for (int i = 0; i < length; ++i) x = b.conv(x, 8, 3);
  return b.finish();
}

/// 0 conv, 1 conv, 2 conv, 3 add of 2 and 0.
inline Graph residual() {
  GraphBuilder b("residual");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  const TensorId t = b.conv(b.conv(x, 8, 3), 8, 3);
  b.add(t, x);
  return b.finish();
}

/// 0 conv, 1 conv, 2 conv, 3 conv, 4 projection of 0, 5 add of 3 and 4.
inline Graph projected_residual() {
  GraphBuilder b("projected");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  const TensorId t = b.conv(b.conv(b.conv(x, 8, 1), 8, 3), 8, 1);
  const TensorId p = b.conv(x, 8, 1);
  b.add(t, p);
  return b.finish();
}

/// 0 conv; 1 expand, 2 conv, 3 pool, 4 and 5 squeeze-and-excite, 6 scale of 2 by 5, 7 project; 8 add of 7 and
/// 0.
inline Graph squeeze_and_excite() {
  GraphBuilder b("se");
  const TensorId x = b.conv(b.input({8, 16, 16}), 8, 3);
  const TensorId d = b.conv(b.conv(x, 16, 1), 16, 3);
  const TensorId s = b.conv(b.conv(b.global_avg_pool(d), 4, 1), 16, 1);
  b.add(b.conv(b.mul(d, s), 8, 1), x);
  return b.finish();
}

/// Two convolutions of the input and adds of what there is, at random: groups of it that are legal one by one
/// often read each other in a circle.
inline Graph random_adds(uint64_t seed, size_t adds) {
  RandomSource random(seed);
  GraphBuilder b("adds");
  const TensorId x = b.input({8, 8, 8});
  std::vector<TensorId> made = {b.conv(x, 8, 3), b.conv(x, 8, 3)};
  for (size_t i = 0; i < adds; ++i) {
    const size_t first = random.index(made.size());
    const size_t second = (first + 1 + random.index(made.size() - 1)) % made.size();
    made.push_back(b.add(made[first], made[second]));
  }
  return b.finish();
}

/// Random networks of different make.
template <typename Check>
void for_random_graphs(uint64_t first_seed, uint64_t graphs, const Check& check,
                       const RandomGraphOptions& options = {}) {
  for (uint64_t seed = first_seed; seed < first_seed + graphs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph graph = random_graph(seed, options);
    check(graph, seed);
  }
}

inline SplitterFactory random_edges_splitter(const Graph& graph, size_t k, uint64_t seed) {
  return make_splitter_factory(
      [&graph, k, seed] { return std::make_unique<RandomEdges>(graph, fixed_edges(k), seed); }, nullptr);
}

inline SplitterFactory all_edges_splitter(const Graph& graph) {
  return make_splitter_factory([&graph] { return std::make_unique<AllEdges>(graph); }, nullptr);
}

}  // namespace fusesim::testing
