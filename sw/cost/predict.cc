#include <algorithm>
#include <string>

#include "cost_model_impl.h"
#include "fusesim/base/error.h"

namespace fusesim {
namespace {

class Predictor {
 public:
  Predictor(const Schedule& schedule, const Config& config)
      : graph_(*schedule.graph),
        params_(cost_params(config)),
        model_(graph_, params_),
        brr_(graph_, params_),
        view_(graph_) {}

  GroupPrediction run(const GroupSchedule& group, const std::string& where) {
    where_ = where;
    GroupPrediction out;
    add_tensors(group, out);
    switch (group.mode) {
      case GroupMode::lbdf:
        lbdf(group, out);
        break;
      case GroupMode::brr_tiles:
        tiles(group, out);
        break;
      case GroupMode::brr_passes:
        passes(group, out);
        break;
      case GroupMode::opaque:
        out.traffic.weight_bytes = weight_bytes(graph_.op(group.ops.front()), params_.datatypes);
        break;
    }
    out.traffic.ifmap_bytes = sum(out.ifmaps);
    out.traffic.ofmap_bytes = sum(out.ofmaps);
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const { throw Error(where_ + reason); }

  static int64_t sum(const std::vector<TensorTraffic>& tensors) {
    int64_t bytes = 0;
    for (const TensorTraffic& t : tensors) {
      for (const int64_t row : t.row_bytes) bytes += row;
    }
    return bytes;
  }

  int64_t row_bytes(TensorId t) const {
    const Shape& s = graph_.tensor(t).shape;
    return s.c * s.w * params_.datatypes.activation_bytes;
  }

  /// Every external input and every outgoing tensor once.
  void add_tensors(const GroupSchedule& group, GroupPrediction& out) const {
    const GroupBoundary b = boundary(graph_, group.ops);
    const auto once = [this](TensorId t) {
      return TensorTraffic{t,
                           std::vector<int64_t>(static_cast<size_t>(graph_.tensor(t).shape.h), row_bytes(t))};
    };
    for (const TensorId t : b.external_inputs) out.ifmaps.push_back(once(t));
    for (const TensorId t : b.outgoing) out.ofmaps.push_back(once(t));
  }

  void lbdf(const GroupSchedule& group, GroupPrediction& out) {
    if (group.prefetch_rows != params_.prefetch_rows) {
      fail("prefetch_rows: expected " + std::to_string(params_.prefetch_rows) +
           " as lbdf.prefetch_rows, got " + std::to_string(group.prefetch_rows));
    }
    const LbdfCost cost = model_.lbdf(group.ops);
    out.f_beta_bytes = cost.f_beta_bytes;
    out.traffic.weight_bytes = cost.traffic.weight_bytes;
    out.buffer_bytes = cost.traffic.weight_bytes;
    const auto less = [](const Ring& a, const Ring& b) { return a.tensor < b.tensor; };
    const auto same = [](const Ring& a, const Ring& b) { return a.tensor == b.tensor; };
    std::vector<Ring> rings = group.rings;
    std::sort(rings.begin(), rings.end(), less);
    if (!std::equal(rings.begin(), rings.end(), cost.rings.begin(), cost.rings.end(), same)) {
      fail("rings: expected one for each of the " + std::to_string(cost.rings.size()) +
           " tensors that own a ring, got another set");
    }
    view_.build(group.ops);
    for (size_t t = 0; t < view_.tensors.size(); ++t) {
      const auto ring = std::lower_bound(rings.begin(), rings.end(), Ring{view_.tensors[t].id, 0}, less);
      const int64_t scheduled = ring != rings.end() && ring->tensor == view_.tensors[t].id ? ring->rows : 0;
      const int64_t prefetch = static_cast<int>(t) < view_.externals ? group.prefetch_rows : 0;
      out.buffer_bytes +=
          (scheduled + prefetch) * ring_row_bytes(view_, static_cast<int>(t), params_.datatypes);
    }
  }

  void tiles(const GroupSchedule& group, GroupPrediction& out) {
    const BrrSchedule& s = group.brr;
    const std::string reason = brr_.prepare(group.ops);
    if (!reason.empty()) fail("cannot run under BRR: " + reason);
    const auto& residency = brr_.variant(brr_.find(s.start, s.join)).residency;
    check_residency(s, residency);
    BrrTiling& tiling = brr_.tiling();
    if (s.tile_rows < 1 || s.tiles != tiling.tiles(s.tile_rows)) {
      fail("brr.tiles: expected " + std::to_string(s.tile_rows < 1 ? 1 : tiling.tiles(s.tile_rows)) +
           ", got " + std::to_string(s.tiles));
    }
    check_slice_channels(s);
    tiling.run(s.tile_rows);
    out.buffer_bytes =
        residency.storage_bytes(params_.datatypes, s.slice_channels, tiling.longest()) +
        (s.weights_resident ? brr_.weight_bytes() : brr_.largest_sub_group_bytes(s.slice_channels));
    out.traffic.weight_bytes = brr_.weight_bytes() * (s.weights_resident ? 1 : s.tiles);
    for (TensorTraffic& t : out.ifmaps) stream(s, residency, t);
    out.f_beta_bytes = model_.brr_f_beta(group.ops);
  }

  void check_slice_channels(const BrrSchedule& s) const {
    const std::vector<int64_t>& known = params_.slice_channels;
    if (std::find(known.begin(), known.end(), s.slice_channels) != known.end()) return;
    std::string list;
    for (const int64_t g : known) list += (list.empty() ? "" : ", ") + std::to_string(g);
    fail("brr.slice_channels: expected one of " + list + ", got " + std::to_string(s.slice_channels));
  }

  void check_residency(const BrrSchedule& s, const BrrResidency& expected) const {
    const GroupView& v = brr_.view();
    if (s.residency.size() != v.tensors.size())
      fail("brr.residency: expected one for every tensor of the group");
    for (size_t t = 0; t < v.tensors.size(); ++t) {
      const Residency r = expected.slice(t) ? Residency::slice : Residency::full;
      const auto found = std::find_if(s.residency.begin(), s.residency.end(),
                                      [&](const TensorResidency& x) { return x.tensor == v.tensors[t].id; });
      if (found == s.residency.end() || found->residency != r) {
        fail("brr.residency: expected '" + std::string(to_string(r)) + "' for tensor '" +
             graph_.tensor(v.tensors[t].id).name + "' with this start and join");
      }
    }
  }

  /// Rows of a streamed external as often as its readers fetch them.
  void stream(const BrrSchedule& s, const BrrResidency& residency, TensorTraffic& traffic) {
    const GroupView& v = brr_.view();
    for (size_t t = 0; t < static_cast<size_t>(v.externals); ++t) {
      if (v.tensors[t].id != traffic.tensor || !residency.slice(t)) continue;
      std::vector<int64_t> counts(traffic.row_bytes.size(), 0);
      for (int r = v.tensors[t].readers_begin; r < v.tensors[t].readers_end; ++r) {
        brr_.tiling().count_streamed(s.tile_rows, v.reader_edges[static_cast<size_t>(r)], counts);
      }
      for (size_t y = 0; y < counts.size(); ++y) traffic.row_bytes[y] = counts[y] * row_bytes(traffic.tensor);
    }
  }

  void passes(const GroupSchedule& group, GroupPrediction& out) {
    const Op& op = graph_.op(group.ops.front());
    if (group.ops.size() != 1 || !has_weight_passes(op)) fail("weight passes: expected one convolution");
    const int64_t k = group.brr.block_channels;
    if (k < 1 || k > graph_.out_shape(op).c) {
      fail("brr.block_channels: expected from 1 to " + std::to_string(graph_.out_shape(op).c) + ", got " +
           std::to_string(k));
    }
    const WeightPasses passes = weight_passes(graph_, op, params_.datatypes, k);
    if (group.brr.passes != passes.passes) {
      fail("brr.passes: expected " + std::to_string(passes.passes) + ", got " +
           std::to_string(group.brr.passes));
    }
    out.buffer_bytes = passes.footprint_bytes;
    out.traffic.weight_bytes = weight_bytes(op, params_.datatypes);
    for (TensorTraffic& t : out.ifmaps) {
      for (int64_t& bytes : t.row_bytes) bytes = bytes / graph_.in_shape(op).c * passes.ifmap_channels;
    }
    out.f_beta_bytes = model_.brr_f_beta(group.ops);
  }

  const Graph& graph_;
  CostParams params_;
  CostModel model_;
  BrrGroup brr_;
  GroupView view_;
  std::string where_;
};

}  // namespace

Prediction predict(const Schedule& schedule, const Config& config) {
  Predictor predictor(schedule, config);
  Prediction prediction;
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    prediction.groups.push_back(predictor.run(schedule.groups[i], "groups[" + std::to_string(i) + "]: "));
  }
  return prediction;
}

}  // namespace fusesim
