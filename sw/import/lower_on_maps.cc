#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

bool is_whole(const std::string& axes, const Shape& shape) {
  const auto lacks = [&](char axis) { return has_axis(shape, axis) && axes.find(axis) == std::string::npos; };
  return !lacks('C') && !lacks('H') && !lacks('W');
}

/// Another order of the dimensions is another name.
bool rename_transposed(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in) return false;
  Dims given = node.view().integer_list("perm");
  std::vector<size_t> permutation;
  for (size_t i = 0; i < in->axes.size(); ++i)
    permutation.push_back(given.empty() ? in->axes.size() - 1 - i
                                        : normalized_axis(given[i], in->axes.size()));
  node.rename_map(permuted(in->axes, permutation));
  return true;
}

/// So are other dimensions that cut no axis in two.
bool rename_reshaped(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in) return false;
  const auto axes = regrouped(in->axes, in->shape, node.output_type().dims);
  if (axes) node.rename_map(*axes);
  return axes.has_value();
}

/// Dimensions of an operand as broadcasting sees them beside the result's.
template <class List>
List aligned(const List& values, size_t rank, const typename List::value_type& filler) {
  List out(rank - values.size(), filler);
  out.insert(out.end(), values.begin(), values.end());
  return out;
}

/// One value, or one per channel.
bool is_per_channel(const Dims& constant, const Axes& axes) {
  if (constant.size() > axes.size()) return false;
  const Dims dims = aligned(constant, axes.size(), int64_t{1});
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] != 1 && axes[i] != "C") return false;
  }
  return true;
}

/// The operand's map (C,H,W), (C,1,1) or (1,H,W), if it already is a name of one under these axes; else -1.
int named_alike(Lowering& node, size_t i, Axes pattern, const Shape& out) {
  const auto actual = node.arrangement(i);
  if (!actual) return -1;
  for (size_t d = 0; d < pattern.size(); ++d) {
    if (node.view().dims(i)[d] == 1) pattern[d].clear();
  }
  const Shape& shape = actual->shape;
  const bool fits = shape == out || shape == Shape{out.c, 1, 1} || shape == Shape{1, out.h, out.w};
  return fits && actual->axes == pattern ? node.map_of(i) : -1;
}

/// Of an operand beside a result that runs over these axes: its map, (C,H,W), (C,1,1) or (1,H,W); else -1.
int operand_of(Lowering& node, size_t i, const Arrangement& result) {
  const Dims& dims = node.view().dims(i);
  if (dims.size() > result.axes.size()) return -1;
  Axes pattern(result.axes.end() - static_cast<std::ptrdiff_t>(dims.size()), result.axes.end());
  const Shape& out = result.shape;
  Shape expected;
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 1) continue;
    if (pattern[d].size() > 1) return named_alike(node, i, std::move(pattern), out);
    if (pattern[d] == "C") expected.c = out.c;
    if (pattern[d] == "H") expected.h = out.h;
    if (pattern[d] == "W") expected.w = out.w;
  }
  if (expected != out && expected != Shape{out.c, 1, 1} && expected != Shape{1, out.h, out.w}) return -1;
  return node.arranged(i, pattern);
}

bool lower_eltwise(Lowering& node, EltwiseKind kind, const Arrangement& result) {
  std::vector<int> maps;
  for (size_t i = 0; i < node.input_count(); ++i) {
    maps.push_back(node.is_data(i) ? operand_of(node, i, result) : -1);
    if (maps.back() < 0) return false;
  }
  DraftOp draft = node.make_op(OpKind::eltwise, {});
  for (size_t i = 0; i < maps.size(); ++i) node.read(draft, i, maps[i]);
  draft.op.eltwise = kind;
  node.work_on_maps(result);
  node.emit(std::move(draft));
  return true;
}

bool lower_by_constant(Lowering& node, size_t data, size_t constant, const Arrangement& result) {
  if (node.view().dims(data) != node.output_type().dims) return false;
  if (!is_per_channel(node.view().dims(constant), result.axes)) return false;
  node.work_on_maps(result);
  emit_by_constant(node, data, constant);
  return true;
}

/// The result is seen as an operand of its dimensions is.
bool lower_arithmetic(Lowering& node) {
  const std::string type = node.view().type();
  std::optional<Arrangement> result;
  for (size_t i = 0; i < node.input_count() && !result; ++i) {
    if (node.is_data(i) && node.view().dims(i) == node.output_type().dims) result = node.arrangement(i);
  }
  if (!result) return false;
  const bool binary = node.input_count() == 2;
  if (binary && node.is_data(0) && node.is_constant(1)) return lower_by_constant(node, 0, 1, *result);
  if (binary && node.is_data(1) && node.is_constant(0)) return lower_by_constant(node, 1, 0, *result);
  const std::optional<EltwiseKind> kind = eltwise_kind(type);
  return kind && node.input_count() > 1 && lower_eltwise(node, *kind, *result);
}

bool lower_seen_function(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in || node.view().dims() != node.output_type().dims) return false;
  if (node.view().type() == "BatchNormalization" && in->axes[1] != axis_name(in->shape, 'C')) return false;
  node.work_on_maps(*in);
  if (lower_activation(node)) return true;
  node.work_on_tensors();
  return false;
}

/// Windows along a signal (N, C, W).
bool lower_signal(Lowering& node) {
  const Axes pattern = channels_first(3);
  const int map = node.arranged(0, pattern);
  const auto out = arrange(pattern, node.output_type().dims);
  if (map < 0 || !out) return false;
  node.work_on_maps(*out, map);
  if (lower_window_op(node)) return true;
  node.work_on_tensors();
  return false;
}

/// The mean over all positions; the mean or length over the channels of each.
bool lower_mean(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in) return false;
  Axes axes = in->axes;
  std::set<size_t> reduced;
  for (const int64_t axis : axes_operand(node.view(), 1)) reduced.insert(normalized_axis(axis, axes.size()));
  std::string over;
  for (const size_t i : reduced) over += axes[i];
  const bool positions = node.view().type() == "ReduceMean" && over.find('C') == std::string::npos &&
                         is_whole(over + "C", in->shape);
  const bool channels = over == "C";
  if (!(positions || channels) || over.empty()) return false;
  const bool keep = node.view().integer("keepdims", 1) != 0;
  for (auto i = reduced.rbegin(); i != reduced.rend(); ++i) {
    axes[*i].clear();
    if (!keep) axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(*i));
  }
  const Shape out = channels ? Shape{1, in->shape.h, in->shape.w} : Shape{in->shape.c, 1, 1};
  node.work_on_maps({out, axes});
  node.emit(node.make_op(channels ? OpKind::channel_reduce : OpKind::global_avg_pool, {0}));
  return true;
}

/// Rows of channels, each over all of them.
bool lower_norm_of_rows(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in || node.view().dims() != node.output_type().dims || node.is_data(1) || node.is_data(2))
    return false;
  const std::string type = node.view().type();
  const bool soft = type == "Softmax" || type == "LogSoftmax";
  const bool one_axis = soft && node.view().opset() >= 13;
  const int64_t given = node.view().integer("axis", soft && !one_axis ? 1 : -1);
  const size_t axis = normalized_axis(given, in->axes.size());
  std::string over = in->axes[axis];
  for (size_t i = axis + 1; i < in->axes.size() && !one_axis; ++i) over += in->axes[i];
  const bool positions = over.find('C') == std::string::npos && is_whole(over + "C", in->shape);
  if (over != "C" && !(soft && positions && !over.empty())) return false;
  node.work_on_maps(*in);
  if (positions) return lower_over_map(node, in->shape.c);
  emit_norm(node, 1);
  return true;
}

bool is_norm_of_rows(const std::string& type) {
  return type == "LayerNormalization" || type == "RMSNormalization" || type == "Softmax" ||
         type == "LogSoftmax";
}

bool is_window(const std::string& type) {
  static const std::set<std::string> types{"Conv",        "ConvTranspose",     "MaxPool",
                                           "AveragePool", "GlobalAveragePool", "GlobalMaxPool"};
  return types.count(type) != 0;
}

bool all_plain(const Lowering& node) {
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (node.is_data(i) && !node.is_plain(i)) return false;
  }
  return true;
}

}  // namespace

bool lower_on_maps(Lowering& node) {
  static const std::set<std::string> views{"Reshape", "Flatten", "Squeeze", "Unsqueeze"};
  if (!node.only_own_tensors() || node.input_count() == 0) return false;
  const std::string type = node.view().type();
  if (type == "Split" && node.is_data(0) && !node.is_plain(0)) return lower_parts_of_map(node);
  if (!node.only_first_output()) return false;
  if (type == "Transpose" && node.is_data(0)) return rename_transposed(node);
  if (views.count(type) != 0 && node.is_data(0)) return rename_reshaped(node);
  if ((type == "MatMul" || type == "Gemm") && node.is_data(0) && node.view().dims().size() > 1) {
    const bool row = node.is_plain(0) && node.view().dims().size() == 2;
    return !row && lower_rows(node);
  }
  if (node.is_data(0) && is_window(type) && node.view().dims().size() == 3) return lower_signal(node);
  if (all_plain(node)) return false;
  if (eltwise_kind(type) || type == "Pow") return lower_arithmetic(node);
  if (type == "Concat") return lower_parts_of_map(node);
  if (!node.is_data(0)) return false;
  if (type == "Identity" || (type == "Dropout" && is_idle_dropout(node))) {
    node.rename_map(node.arrangement(0)->axes);
    return true;
  }
  if (type == "ReduceMean" || type == "ReduceL2") return lower_mean(node);
  if (is_norm_of_rows(type)) return lower_norm_of_rows(node);
  if (type == "Pad" || type == "Slice" || type == "Gather") return lower_parts_of_map(node);
  return lower_seen_function(node);
}

}  // namespace fusesim::importer
