#include <benchmark/benchmark.h>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using testing::whole;

/// Sixteen ops on maps of 56 rows: five bottlenecks with identity, the first preceded by a 1x1 convolution.
Graph bottlenecks() {
  GraphBuilder b("net");
  TensorId x = b.conv(b.input({64, 56, 56}), 256, 1);
  std::vector<TensorId> outputs;
  for (int i = 0; i < 5; ++i) {
    const TensorId t1 = b.conv(x, 64, 1);
    const TensorId t2 = b.conv(t1, 256, 3);
    x = b.add(t2, x);
  }
  return finish(b, {x});
}

/// Sixteen ops on maps of 56 rows: inverted residuals with depthwise convolutions.
Graph inverted_residuals() {
  GraphBuilder b("net");
  TensorId x = b.input({24, 56, 56});
  for (int i = 0; i < 4; ++i) {
    const TensorId wide = b.conv(x, 144, 1);
    const TensorId depthwise = b.conv(wide, {144, testing::square_window(3, 1, 1), 144});
    const TensorId narrow = b.conv(depthwise, 24, 1);
    x = b.add(narrow, x);
  }
  return finish(b, {x});
}

void lbdf(benchmark::State& state, Graph (*make)()) {
  const Graph g = make();
  const Group group = whole(g);
  const auto model = fusion_scheme(Scheme::lbdf).model(g, CostParams{});
  while (state.KeepRunning()) benchmark::DoNotOptimize(model->cost(group, kNeverFits));
  state.SetItemsProcessed(state.iterations());
}

void lbdf_traffic(benchmark::State& state, Graph (*make)()) {
  const Graph g = make();
  const Group group = whole(g);
  const testing::CostModel cost(g, CostParams{});
  while (state.KeepRunning()) benchmark::DoNotOptimize(cost.lbdf_traffic(group));
  state.SetItemsProcessed(state.iterations());
}

void brr(benchmark::State& state, Graph (*make)()) {
  const Graph g = make();
  const Group group = whole(g);
  const testing::CostModel cost(g, CostParams{});
  const int64_t buffer_bytes = state.range(0) * 1024;
  while (state.KeepRunning()) benchmark::DoNotOptimize(cost.brr(group, buffer_bytes));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(lbdf, bottlenecks, bottlenecks);
BENCHMARK_CAPTURE(lbdf, inverted_residuals, inverted_residuals);
BENCHMARK_CAPTURE(lbdf_traffic, bottlenecks, bottlenecks);
BENCHMARK_CAPTURE(brr, bottlenecks, bottlenecks)->Arg(256)->Arg(512)->Arg(2048);
BENCHMARK_CAPTURE(brr, inverted_residuals, inverted_residuals)->Arg(256)->Arg(512)->Arg(2048);

}  // namespace
}  // namespace fusesim
