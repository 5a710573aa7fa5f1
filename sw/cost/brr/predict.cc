#include <algorithm>

#include "brr/model.h"
#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"

namespace fusesim {

/// Of what the group was planned for, which need not be what these parameters ask of new plans.
void BrrModel::fill_prediction(const GroupSchedule& group, GroupPrediction& prediction) {
  tiled_.set_double_buffer(group.brr.double_buffer);
  if (group.mode == GroupMode::brr_passes) {
    predict_passes(group, prediction);
  } else {
    predict_tiles(group, prediction);
  }
  prediction.f_beta_bytes = fused_f_beta_bytes(group.ops);
  tiled_.set_double_buffer(params().double_buffer);
}

void BrrModel::predict_tiles(const GroupSchedule& group, GroupPrediction& prediction) {
  const BrrSchedule& s = group.brr;
  const std::string reason = tiled_.prepare(group.ops);
  if (!reason.empty()) throw Error("cannot run under BRR: " + reason);
  const BrrResidency& residency = tiled_.variant(tiled_.find(s.start, s.join)).residency;
  check_residency(s, residency);
  BrrTiling& tiling = tiled_.tiling();
  if (s.tile_rows < 1 || s.tiles != tiling.tiles(s.tile_rows)) {
    throw Error("brr.tiles: expected " + std::to_string(s.tile_rows < 1 ? 1 : tiling.tiles(s.tile_rows)) +
                ", got " + std::to_string(s.tiles));
  }
  check_slice_channels(s);
  tiling.run(s.tile_rows);
  prediction.buffer_bytes =
      tiled_.storage_bytes(residency, s.slice_channels) +
      (s.weights_resident ? tiled_.weight_bytes() : tiled_.streamed_weight_bytes(s.slice_channels));
  prediction.traffic.weight_bytes =
      s.weights_resident ? tiled_.weight_bytes()
                         : checked_mul(tiled_.used_weight_bytes(), s.tiles * graph().batch, kWeightBytes);
  prediction.time =
      predicted_time(params().machine, times_.tiles(tiled_, residency, s.slice_channels, s.weights_resident));
  for (TensorTraffic& t : prediction.ifmaps) add_streamed(s, residency, t);
}

void BrrModel::check_slice_channels(const BrrSchedule& s) const {
  const std::vector<int64_t>& known = params().slice_channels;
  if (std::find(known.begin(), known.end(), s.slice_channels) != known.end()) return;
  std::string list;
  for (const int64_t g : known) list += (list.empty() ? "" : ", ") + std::to_string(g);
  throw Error("brr.slice_channels: expected one of " + list + ", got " + std::to_string(s.slice_channels));
}

void BrrModel::check_residency(const BrrSchedule& s, const BrrResidency& expected) const {
  const GroupView& v = tiled_.view();
  if (s.residency.size() != v.tensors.size())
    throw Error("brr.residency: expected one for every tensor of the group");
  for (size_t t = 0; t < v.tensors.size(); ++t) {
    const Residency r = expected.slice(t) ? Residency::slice : Residency::full;
    const auto found = std::find_if(s.residency.begin(), s.residency.end(),
                                    [&](const TensorResidency& x) { return x.tensor == v.tensors[t].id; });
    if (found == s.residency.end() || found->residency != r) {
      throw Error("brr.residency: expected '" + std::string(to_string(r)) + "' for tensor '" +
                  graph().tensor(v.tensors[t].id).name + "' with this start and join");
    }
  }
}

/// Rows of a streamed external as often as its readers fetch them.
void BrrModel::add_streamed(const BrrSchedule& s, const BrrResidency& residency, TensorTraffic& traffic) {
  const GroupView& v = tiled_.view();
  for (size_t t = 0; t < static_cast<size_t>(v.externals); ++t) {
    if (v.tensors[t].id != traffic.tensor || !residency.slice(t)) continue;
    std::vector<int64_t> counts(traffic.row_bytes.size(), 0);
    for (int r = v.tensors[t].readers_begin; r < v.tensors[t].readers_end; ++r) {
      tiled_.tiling().count_streamed(s.tile_rows, v.reader_edges[static_cast<size_t>(r)], counts);
    }
    for (size_t y = 0; y < counts.size(); ++y)
      traffic.row_bytes[y] = checked_mul(counts[y], row_bytes(traffic.tensor), kInputBytes);
  }
}

void BrrModel::predict_passes(const GroupSchedule& group, GroupPrediction& prediction) {
  const Op& op = graph().op(group.ops.front());
  if (!has_passes(group.ops)) throw Error("weight passes: expected one convolution");
  const int64_t k = group.brr.block_channels;
  if (k < 1 || k > graph().out_shape(op).c) {
    throw Error("brr.block_channels: expected from 1 to " + std::to_string(graph().out_shape(op).c) +
                ", got " + std::to_string(k));
  }
  const WeightPasses passes = weight_passes(graph(), op, params().datatypes, k, group.brr.double_buffer);
  if (group.brr.passes != passes.passes) {
    throw Error("brr.passes: expected " + std::to_string(passes.passes) + ", got " +
                std::to_string(group.brr.passes));
  }
  prediction.buffer_bytes = passes.footprint_bytes;
  prediction.time = predicted_time(params().machine, times_.passes(op, passes, k, group.brr.double_buffer));
  prediction.traffic.weight_bytes = passes_weight_bytes(op, passes);
  for (TensorTraffic& t : prediction.ifmaps) {
    for (int64_t& bytes : t.row_bytes)
      bytes = checked_mul(bytes / graph().in_shape(op).c, passes.ifmap_channels, kInputBytes);
  }
}

}  // namespace fusesim
