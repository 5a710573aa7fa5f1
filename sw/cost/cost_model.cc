#include <algorithm>

#include "cost_model_impl.h"
#include "fusesim/base/error.h"

namespace fusesim {
int64_t weight_bytes(const Op& op, const Datatypes& types) {
  return op.weights * types.weight_bytes + op.biases * types.bias_bytes;
}

Traffic opaque_traffic(const Graph& graph, const Op& op, const Datatypes& types) {
  Traffic traffic;
  std::vector<TensorId> inputs = op.inputs;
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  for (const TensorId t : inputs)
    traffic.ifmap_bytes += graph.tensor(t).shape.elements() * types.activation_bytes;
  for (const TensorId t : op.outputs) {
    const Tensor& tensor = graph.tensor(t);
    if (tensor.consumers.empty() && !tensor.graph_output) continue;
    traffic.ofmap_bytes += tensor.shape.elements() * types.activation_bytes;
  }
  traffic.weight_bytes = weight_bytes(op, types);
  return traffic;
}

CostParams cost_params(const Config& config) {
  CostParams p;
  p.datatypes = config.datatypes;
  p.pe_rows = config.pe.rows;
  p.slice_channels = config.brr.slice_channels;
  if (p.slice_channels.empty()) {
    for (const int64_t divisor : {1, 2, 4}) {
      const int64_t g = std::max<int64_t>(1, config.pe.columns / divisor);
      if (p.slice_channels.empty() || p.slice_channels.back() != g) p.slice_channels.push_back(g);
    }
  }
  p.prefetch_rows = config.lbdf.prefetch_rows;
  p.double_buffer = config.brr.double_buffer;
  return p;
}

struct CostModel::Impl {
  Impl(const Graph& g, const CostParams& p) : graph(&g), params(p), view(g), brr(g, params) {}

  const Graph* graph;
  CostParams params;
  GroupView view;
  LbdfRings rings;
  BrrGroup brr;

  bool opaque(const Group& group) const { return graph->op(group.front()).kind == OpKind::opaque; }
  int64_t run_rings(const Group& group);
  Traffic fused_traffic() const;
  bool passes_possible(const Group& group) const {
    return group.size() == 1 && has_weight_passes(graph->op(group.front()));
  }
  int64_t least_passes_bytes(const Op& op) const;
  std::optional<BrrCost> best_passes(const Op& op, int64_t buffer_bytes) const;
  BrrCost tiles_cost(const BrrGroup::Choice& choice);
};

int64_t CostModel::Impl::run_rings(const Group& group) {
  view.build(group);
  rings.run(view);
  const Datatypes& types = params.datatypes;
  int64_t bytes = view.weights * types.weight_bytes + view.biases * types.bias_bytes;
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const int64_t prefetch = static_cast<int>(t) < view.externals ? params.prefetch_rows : 0;
    bytes += (rings.rows()[t] + prefetch) * ring_row_bytes(view, static_cast<int>(t), types);
  }
  return bytes;
}

Traffic CostModel::Impl::fused_traffic() const {
  const Datatypes& types = params.datatypes;
  Traffic traffic;
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const LocalTensor& tensor = view.tensors[t];
    const int64_t bytes = tensor.channels * tensor.rows * tensor.width * types.activation_bytes;
    if (static_cast<int>(t) < view.externals) traffic.ifmap_bytes += bytes;
    if (tensor.outgoing) traffic.ofmap_bytes += bytes;
  }
  traffic.weight_bytes = view.weights * types.weight_bytes + view.biases * types.bias_bytes;
  return traffic;
}

CostModel::CostModel(const Graph& graph, const CostParams& params)
    : impl_(std::make_unique<Impl>(graph, params)) {}
CostModel::~CostModel() = default;
CostModel::CostModel(CostModel&&) noexcept = default;
CostModel& CostModel::operator=(CostModel&&) noexcept = default;

LbdfCost CostModel::lbdf(const Group& group) const {
  LbdfCost result;
  if (impl_->opaque(group)) {
    result.traffic = opaque_traffic(*impl_->graph, impl_->graph->op(group.front()), impl_->params.datatypes);
    return result;
  }
  result.f_beta_bytes = impl_->run_rings(group);
  result.traffic = impl_->fused_traffic();
  for (size_t t = 0; t < impl_->view.tensors.size(); ++t) {
    const int64_t rows = impl_->rings.rows()[t];
    if (rows > 0) result.rings.push_back({impl_->view.tensors[t].id, rows});
  }
  std::sort(result.rings.begin(), result.rings.end(),
            [](const Ring& a, const Ring& b) { return a.tensor < b.tensor; });
  return result;
}

LbdfFigures CostModel::lbdf_figures(const Group& group) const {
  if (impl_->opaque(group)) return {0, lbdf_traffic(group)};
  const int64_t f_beta_bytes = impl_->run_rings(group);
  return {f_beta_bytes, impl_->fused_traffic()};
}

int64_t CostModel::lbdf_f_beta(const Group& group) const {
  return impl_->opaque(group) ? 0 : impl_->run_rings(group);
}

Traffic CostModel::lbdf_traffic(const Group& group) const {
  if (impl_->opaque(group)) {
    return opaque_traffic(*impl_->graph, impl_->graph->op(group.front()), impl_->params.datatypes);
  }
  impl_->view.build(group);
  return impl_->fused_traffic();
}

int64_t CostModel::Impl::least_passes_bytes(const Op& op) const {
  int64_t least = kNeverFits;
  for (const int64_t g : params.slice_channels) {
    const int64_t k = std::min(g, graph->out_shape(op).c);
    least = std::min(least, weight_passes(*graph, op, params.datatypes, k).footprint_bytes);
  }
  return least;
}

std::optional<BrrCost> CostModel::Impl::best_passes(const Op& op, int64_t buffer_bytes) const {
  const int64_t channels = graph->out_shape(op).c;
  const Traffic once = opaque_traffic(*graph, op, params.datatypes);
  std::optional<BrrCost> best;
  for (const int64_t g : params.slice_channels) {
    for (int64_t k = g; k - g < channels; k += g) {
      const int64_t block = std::min(k, channels);
      const WeightPasses passes = weight_passes(*graph, op, params.datatypes, block);
      if (passes.footprint_bytes >= buffer_bytes) continue;
      Traffic traffic = once;
      traffic.ifmap_bytes = traffic.ifmap_bytes / graph->in_shape(op).c * passes.ifmap_channels;
      if (best) {
        const int64_t bytes = traffic.total_bytes();
        const int64_t other = best->traffic.total_bytes();
        if (std::make_tuple(bytes, passes.passes, passes.footprint_bytes) >=
            std::make_tuple(other, best->schedule.passes, best->buffer_bytes)) {
          continue;
        }
      }
      best.emplace();
      best->traffic = traffic;
      best->buffer_bytes = passes.footprint_bytes;
      best->mode = GroupMode::brr_passes;
      best->schedule.slice_channels = g;
      best->schedule.block_channels = block;
      best->schedule.passes = passes.passes;
      best->schedule.tiles = passes.passes;
      best->schedule.weights_resident = true;
    }
  }
  return best;
}

BrrCost CostModel::Impl::tiles_cost(const BrrGroup::Choice& choice) {
  const BrrGroup::Variant& variant = brr.variant(choice.residency);
  BrrCost result;
  result.mode = GroupMode::brr_tiles;
  result.buffer_bytes = choice.buffer_bytes;
  result.traffic.weight_bytes = brr.weight_bytes() * (choice.resident ? 1 : choice.tiles);
  result.schedule.start = variant.start;
  result.schedule.join = variant.join;
  result.schedule.slice_channels = choice.g;
  result.schedule.tile_rows = choice.tile_rows;
  result.schedule.tiles = choice.tiles;
  result.schedule.weights_resident = choice.resident;
  const GroupView& v = brr.view();
  for (size_t t = 0; t < v.tensors.size(); ++t) {
    const LocalTensor& tensor = v.tensors[t];
    result.schedule.residency.push_back(
        {tensor.id, variant.residency.slice(t) ? Residency::slice : Residency::full});
    if (tensor.outgoing) {
      result.traffic.ofmap_bytes +=
          tensor.channels * tensor.rows * tensor.width * params.datatypes.activation_bytes;
    }
  }
  std::sort(result.schedule.residency.begin(), result.schedule.residency.end(),
            [](const TensorResidency& a, const TensorResidency& b) { return a.tensor < b.tensor; });
  result.traffic.ifmap_bytes = choice.bytes - result.traffic.ofmap_bytes - result.traffic.weight_bytes;
  return result;
}

int64_t CostModel::brr_f_beta(const Group& group) const {
  if (impl_->opaque(group)) return 0;
  if (!impl_->brr.prepare(group).empty()) return kNeverFits;
  const int64_t tiles = impl_->brr.f_beta_bytes();
  if (!impl_->passes_possible(group)) return tiles;
  return std::min(tiles, impl_->least_passes_bytes(impl_->graph->op(group.front())));
}

std::optional<BrrCost> CostModel::brr(const Group& group, int64_t buffer_bytes) const {
  if (impl_->opaque(group)) {
    BrrCost result;
    result.mode = GroupMode::opaque;
    result.traffic = opaque_traffic(*impl_->graph, impl_->graph->op(group.front()), impl_->params.datatypes);
    return result;
  }
  if (brr_f_beta(group) >= buffer_bytes) return std::nullopt;
  std::optional<BrrCost> passes;
  if (impl_->passes_possible(group))
    passes = impl_->best_passes(impl_->graph->op(group.front()), buffer_bytes);
  const BrrGroup::Choice choice = impl_->brr.best(buffer_bytes);
  if (!choice.found) return passes;
  BrrCost tiles = impl_->tiles_cost(choice);
  if (!passes) return tiles;
  const auto rank = [](const BrrCost& c) {
    return std::make_tuple(c.traffic.total_bytes(), c.schedule.tiles, c.buffer_bytes);
  };
  return rank(*passes) < rank(tiles) ? *passes : tiles;
}

std::string CostModel::brr_illegal_reason(const Group& group) const {
  return impl_->opaque(group) ? std::string() : impl_->brr.prepare(group);
}

int64_t CostModel::lbdf_f_beta_bound(const Group& group) const {
  int64_t bytes = 0;
  for (const OpId o : group) bytes += weight_bytes(impl_->graph->op(o), impl_->params.datatypes);
  return bytes;
}

int64_t CostModel::brr_f_beta_bound(const Group& group) const {
  if (impl_->opaque(group)) return 0;
  int64_t bytes = 0;
  for (const OpId o : group) {
    int64_t least = kNeverFits;
    for (const int64_t g : impl_->params.slice_channels) {
      least = std::min(least, weight_sub_group_bytes(*impl_->graph, impl_->graph->op(o),
                                                     impl_->params.datatypes, impl_->params.pe_rows, g));
    }
    bytes = std::max(bytes, least);
  }
  return bytes;
}

}  // namespace fusesim
