#include <algorithm>
#include <set>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

/// What a normalisation takes its statistics over.
enum class Extent {
  other,      ///< nothing that a kind covers
  columns,    ///< the columns of one row and channel
  channels,   ///< channels of one position
  whole_map,  ///< rows and columns, of one channel or of a group
};

/// The function of a row and a channel alone.
bool lower_in_row(Lowering& node) {
  DraftOp draft = node.make_op(OpKind::activation, {0});
  draft.op.activations = {{node.view().type(), 0.0F, 0.0F}};
  draft.over_last_axis = true;
  draft.op.weights = node.is_constant(1) ? node.elements(1) : 0;
  draft.op.biases = node.is_constant(2) ? node.elements(2) : 0;
  node.emit(std::move(draft));
  return true;
}

bool lower_over_channels(Lowering& node, int64_t groups) {
  emit_norm(node, groups);
  return true;
}

/// Parameters are constants.
bool has_constant_parameters(const Lowering& node) { return !node.is_data(1) && !node.is_data(2); }

/// Of the dimensions from `axis` on, or of that one alone.
Extent extent_of(const Dims& dims, size_t axis, bool to_the_end) {
  const bool vector = dims.size() == 2 || (dims[2] == 1 && dims[3] == 1);
  if (axis == 1 && (vector || !to_the_end)) return Extent::channels;
  if (dims.size() != 4 || axis == 0) return Extent::other;
  if (axis == 3) return Extent::columns;
  return to_the_end ? Extent::whole_map : Extent::other;
}

bool lower_over(Lowering& node, Extent extent, int64_t groups) {
  switch (extent) {
    case Extent::other:
      return false;
    case Extent::columns:
      return lower_in_row(node);
    case Extent::channels:
      return lower_over_channels(node, 1);
    case Extent::whole_map:
      return lower_over_map(node, groups);
  }
  return false;
}

/// Softmax and its like have had one axis since opset 13; before, all from it on.
bool lower_softmax(Lowering& node) {
  const bool to_the_end = node.view().opset() < 13;
  const Dims& dims = node.view().dims();
  const size_t axis = normalized_axis(node.view().integer("axis", to_the_end ? 1 : -1), dims.size());
  return lower_over(node, extent_of(dims, axis, to_the_end), 1);
}

bool lower_layer_norm(Lowering& node) {
  const Dims& dims = node.view().dims();
  const size_t axis = normalized_axis(node.view().integer("axis", -1), dims.size());
  return lower_over(node, extent_of(dims, axis, true), axis == 1 ? 1 : dims[1]);
}

bool lower_group_norm(Lowering& node, int64_t groups) {
  const Shape in = node.data_value(0).shape;
  if (groups < 1 || in.c % groups != 0) return false;
  if (in.h == 1 && in.w == 1) return lower_over_channels(node, groups);
  return lower_over_map(node, groups);
}

}  // namespace

void emit_norm(Lowering& node, int64_t groups) {
  DraftOp draft = node.make_op(OpKind::norm, {0});
  draft.op.groups = groups;
  draft.op.weights = node.is_constant(1) ? node.elements(1) : 0;
  draft.op.biases = node.is_constant(2) ? node.elements(2) : 0;
  node.emit(std::move(draft));
}

bool lower_over_map(Lowering& node, int64_t groups) {
  const DraftValue map = node.data_value(0);
  DraftOp moments = node.make_op(OpKind::moments, {0});
  moments.op.name += "/moments";
  moments.op.groups = groups;
  const int statistics = node.emit_inner(std::move(moments), Shape{map.shape.c, 1, 2});
  DraftOp normalise = node.make_op(OpKind::eltwise, {0});
  normalise.op.eltwise = EltwiseKind::normalise;
  normalise.op.inputs.push_back(statistics);
  const int64_t weights = node.is_constant(1) ? node.elements(1) : 0;
  const int64_t biases = node.is_constant(2) ? node.elements(2) : 0;
  if (weights + biases == 0) {
    node.emit(std::move(normalise));
    return true;
  }
  normalise.op.name += "/normalise";
  DraftOp affine = node.make_op(OpKind::activation, {});
  affine.op.inputs = {node.emit_inner(std::move(normalise), map.shape)};
  affine.op.activations = {{"Affine", 0.0F, 0.0F}};
  affine.op.weights = weights;
  affine.op.biases = biases;
  node.emit(std::move(affine));
  return true;
}

bool lower_norm(Lowering& node) {
  if (!node.is_data(0) || !has_constant_parameters(node)) return false;
  const std::string type = node.view().type();
  const Dims& dims = node.view().dims();
  if (node.output_type().dims != dims) return false;
  if (type == "Softmax" || type == "LogSoftmax") return lower_softmax(node);
  if (type == "LayerNormalization" || type == "RMSNormalization") return lower_layer_norm(node);
  if (type == "GroupNormalization") return lower_group_norm(node, node.view().integer("num_groups", 0));
  if (type == "InstanceNormalization") return dims.size() == 4 && lower_group_norm(node, dims[1]);
  if (type == "MeanVarianceNormalization") {
    Dims axes = node.view().integer_list("axes");
    if (axes.empty()) axes = {0, 2, 3};
    return dims.size() == 4 && axes == Dims{0, 2, 3} && lower_group_norm(node, dims[1]);
  }
  if (type == "LRN") return dims.size() == 4 && lower_over_channels(node, 1);
  if (type != "LpNormalization") return false;
  const size_t axis = normalized_axis(node.view().integer("axis", -1), dims.size());
  return lower_over(node, extent_of(dims, axis, false), 1);
}

/// Over exactly H and W a pool of the whole map, over C one of each position.
bool lower_reduction(Lowering& node) {
  static const std::set<std::string> sums{"ReduceMean", "ReduceSum"};
  static const std::set<std::string> largest{"ReduceMax", "ReduceMin"};
  static const std::set<std::string> others{"ReduceProd",      "ReduceL1",     "ReduceL2",
                                            "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"};
  const std::string type = node.view().type();
  const bool adds = sums.count(type) != 0;
  const bool picks = largest.count(type) != 0;
  const Dims& in = node.view().dims();
  if ((in.size() != 4 && in.size() != 2) || !(adds || picks || others.count(type) != 0)) return false;
  Dims axes = axes_operand(node.view(), 1);
  for (int64_t& axis : axes) axis = static_cast<int64_t>(normalized_axis(axis, in.size()));
  std::sort(axes.begin(), axes.end());
  if (axes == Dims{2, 3}) {
    node.emit(node.make_op(picks ? OpKind::global_max_pool : OpKind::global_avg_pool, {0}));
    return true;
  }
  if (axes != Dims{1} || node.output_type().dims.size() != in.size()) return false;
  node.emit(node.make_op(OpKind::channel_reduce, {0}));
  return true;
}

}  // namespace fusesim::importer
