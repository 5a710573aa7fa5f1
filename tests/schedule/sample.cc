#include "sample.h"

#include "fusesim/testing/graph_builder.h"

namespace fusesim::testing {
namespace {

BrrSchedule tiles(std::vector<TensorResidency> residency, int64_t tile_rows, int64_t count) {
  BrrSchedule brr;
  brr.start = BrrStart::slice;
  brr.join = BrrJoin::any;
  brr.slice_channels = 16;
  brr.tile_rows = tile_rows;
  brr.tiles = count;
  brr.residency = std::move(residency);
  return brr;
}

Schedule empty_sample(Scheme scheme) {
  Schedule schedule;
  schedule.graph = sample_graph();
  schedule.model_name = "sample";
  schedule.model_sha256 = kSampleSha256;
  schedule.buffer_bytes = 65536;
  schedule.scheme = scheme;
  return schedule;
}

GroupSchedule group(GroupMode mode, Group ops, std::vector<TensorId> outgoing) {
  GroupSchedule out;
  out.mode = mode;
  out.ops = std::move(ops);
  out.outgoing = std::move(outgoing);
  return out;
}

GroupSchedule pool_group() {
  GroupSchedule pool = group(GroupMode::brr_tiles, {4}, {5});
  pool.brr = tiles({{4, Residency::slice}, {5, Residency::slice}}, 2, 2);
  pool.brr.weights_resident = true;
  return pool;
}

}  // namespace

const char* const kSampleSha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::shared_ptr<const Graph> sample_graph() {
  GraphBuilder b("sample");
  const TensorId x = b.input({4, 8, 8});
  const TensorId relu = b.activation(b.conv(x, 6, 3), "Relu");
  const TensorId opaque = b.opaque({b.conv(relu, 10, 3)}, {{10, 8, 8}}).front();
  b.max_pool(opaque, square_window(2, 2));
  return std::make_shared<const Graph>(b.finish());
}

Schedule lbdf_sample() {
  Schedule schedule = empty_sample(Scheme::lbdf);
  GroupSchedule chain = group(GroupMode::lbdf, {0, 1, 2}, {3});
  chain.rings = {{0, 3}, {2, 3}, {3, 1}};
  chain.prefetch_rows = 1;
  schedule.groups = {chain, group(GroupMode::opaque, {3}, {4}), pool_group()};
  return schedule;
}

Schedule brr_sample() {
  Schedule schedule = empty_sample(Scheme::brr);
  GroupSchedule first = group(GroupMode::brr_tiles, {0, 1}, {2});
  first.brr = tiles({{0, Residency::full}, {1, Residency::slice}, {2, Residency::slice}}, 3, 3);
  first.brr.double_buffer = DoubleBuffer::all;
  GroupSchedule second = group(GroupMode::brr_passes, {2}, {3});
  second.brr.slice_channels = 4;
  second.brr.block_channels = 8;
  second.brr.passes = 2;
  second.brr.tiles = 2;
  second.brr.weights_resident = true;
  second.brr.double_buffer = DoubleBuffer::weights;
  schedule.groups = {first, second, group(GroupMode::opaque, {3}, {4}), pool_group()};
  return schedule;
}

Prediction sample_prediction(const Schedule& schedule) {
  const Graph& graph = *schedule.graph;
  const auto once = [&graph](const std::vector<TensorId>& tensors, int64_t& total) {
    std::vector<TensorTraffic> out;
    for (const TensorId t : tensors) {
      const Shape& s = graph.tensor(t).shape;
      out.push_back({t, std::vector<int64_t>(static_cast<size_t>(s.h), s.c * s.w)});
      total += s.elements();
    }
    return out;
  };
  Prediction prediction;
  for (const GroupSchedule& g : schedule.groups) {
    const GroupBoundary edge = boundary(graph, g.ops);
    GroupPrediction p;
    p.ifmaps = once(edge.external_inputs, p.traffic.ifmap_bytes);
    p.ofmaps = once(edge.outgoing, p.traffic.ofmap_bytes);
    p.traffic.weight_bytes = 7;
    p.buffer_bytes = 1000;
    p.f_beta_bytes = 900;
    prediction.groups.push_back(std::move(p));
  }
  return prediction;
}

}  // namespace fusesim::testing
