#include "shape_rules.h"

#include <algorithm>
#include <initializer_list>

#include "einsum.h"
#include "fusesim/base/checked.h"
#include "operands.h"
#include "opset.h"
#include "rule_table.h"

namespace fusesim::importer {
namespace {

Types like_input(const NodeView& node) { return {node.input(0).type}; }

Types elementwise(const NodeView& node) {
  Dims dims = node.dims();
  for (size_t i = 1; i < node.input_count(); ++i) dims = broadcast(dims, node.dims(i));
  return first_output(node, dims);
}

Types comparison(const NodeView& node) {
  return {{onnx::TensorProto::BOOL, broadcast(node.dims(0), node.dims(1))}};
}

Types where(const NodeView& node) {
  return {{node.input(1).type.elem_type, broadcast(node.dims(0), broadcast(node.dims(1), node.dims(2)))}};
}

Types quantize(const NodeView& node) {
  const int32_t type =
      node.has_input(2) ? node.input(2).type.elem_type : static_cast<int32_t>(onnx::TensorProto::UINT8);
  return {{type, node.dims()}};
}

Types dequantize(const NodeView& node) { return {{node.input(1).type.elem_type, node.dims()}}; }

/// DepthToSpace and SpaceToDepth.
Types move_blocks(const NodeView& node, bool to_space) {
  const int64_t block = node.integer("blocksize", 0);
  const Dims& in = node.dims();
  if (in.size() != 4 || block < 1 || block > (int64_t{1} << 16))
    throw Error("expected rank 4 and a positive blocksize");
  if (to_space ? in[1] % (block * block) != 0 : in[2] % block != 0 || in[3] % block != 0) {
    throw Error("input of shape " + to_text(in) + " has no whole blocks of " + std::to_string(block));
  }
  if (!to_space)
    return first_output(node, {in[0], element_count({in[1], block, block}), in[2] / block, in[3] / block});
  return first_output(
      node, {in[0], in[1] / (block * block), element_count({in[2], block}), element_count({in[3], block})});
}

Types depth_to_space(const NodeView& node) { return move_blocks(node, true); }
Types space_to_depth(const NodeView& node) { return move_blocks(node, false); }

Types tile(const NodeView& node) {
  const std::vector<int64_t>& repeats = node.integers(1);
  Dims out = node.dims();
  if (repeats.size() != out.size()) throw Error("repeats: expected one value per dimension");
  for (size_t i = 0; i < out.size(); ++i) out[i] = element_count({out[i], repeats[i]});
  return first_output(node, out);
}

Types cast(const NodeView& node) {
  return {{static_cast<int32_t>(node.integer("to", onnx::TensorProto::FLOAT)), node.dims()}};
}

Types concat(const NodeView& node) {
  Dims dims = node.dims();
  const size_t axis = normalized_axis(node.integer("axis", 1), dims.size());
  for (size_t i = 1; i < node.input_count(); ++i) {
    Dims other = node.dims(i);
    if (other.size() != dims.size()) throw Error("inputs have different ranks");
    dims[axis] = checked_add(dims[axis], other[axis], "elements along the axis");
    element_count(dims);
    other[axis] = dims[axis];
    if (other != dims)
      throw Error("inputs " + to_text(node.dims()) + " and " + to_text(node.dims(i)) + " do not fit");
  }
  return first_output(node, dims);
}

Types slice(const NodeView& node) { return first_output(node, slice_operands(node).count); }

Types split(const NodeView& node) {
  const SplitOperands operands = split_operands(node);
  Types types;
  for (const int64_t size : operands.sizes) {
    Dims dims = node.dims();
    dims[operands.axis] = size;
    types.push_back({node.input(0).type.elem_type, dims});
  }
  return types;
}

std::vector<bool> marked_axes(const Dims& axes, size_t rank) {
  std::vector<bool> marked(rank, false);
  for (const int64_t a : axes) marked[normalized_axis(a, rank)] = true;
  return marked;
}

Types squeeze(const NodeView& node) {
  const Dims& in = node.dims();
  const Dims axes = axes_operand(node, 1);
  const std::vector<bool> marked = marked_axes(axes, in.size());
  Dims out;
  for (size_t i = 0; i < in.size(); ++i) {
    if (marked[i] && in[i] != 1)
      throw Error("cannot squeeze dimension " + std::to_string(i) + " of " + to_text(in));
    const bool gone = axes.empty() ? in[i] == 1 : marked[i];
    if (!gone) out.push_back(in[i]);
  }
  return first_output(node, out);
}

Types unsqueeze(const NodeView& node) {
  const Dims axes = axes_operand(node, 1);
  const std::vector<bool> marked = marked_axes(axes, node.dims().size() + axes.size());
  if (std::count(marked.begin(), marked.end(), true) != static_cast<std::ptrdiff_t>(axes.size())) {
    throw Error("axes repeat");
  }
  Dims out;
  size_t next = 0;
  for (const bool fresh : marked) out.push_back(fresh ? 1 : node.dims()[next++]);
  return first_output(node, out);
}

Types reshape(const NodeView& node) { return first_output(node, reshape_target(node)); }

Types flatten(const NodeView& node) {
  const Dims& in = node.dims();
  const int64_t given = node.integer("axis", 1);
  const bool end = given == static_cast<int64_t>(in.size());
  const size_t axis = end ? in.size() : normalized_axis(given, in.size());
  const auto cut = in.begin() + static_cast<std::ptrdiff_t>(axis);
  return first_output(node, {element_count(Dims(in.begin(), cut)), element_count(Dims(cut, in.end()))});
}

Types transpose(const NodeView& node) {
  const Dims& in = node.dims();
  Dims permutation = node.integer_list("perm");
  if (permutation.empty()) {
    for (size_t i = in.size(); i-- > 0;) permutation.push_back(static_cast<int64_t>(i));
  }
  const std::vector<bool> marked = marked_axes(permutation, in.size());
  const bool complete = std::all_of(marked.begin(), marked.end(), [](bool m) { return m; });
  if (permutation.size() != in.size() || !complete) throw Error("perm is no permutation");
  Dims out;
  for (const int64_t p : permutation) out.push_back(in[normalized_axis(p, in.size())]);
  return first_output(node, out);
}

Types gemm(const NodeView& node) {
  if (node.dims(0).size() != 2 || node.dims(1).size() != 2) throw Error("expected matrices");
  const bool turn_a = node.integer("transA", 0) != 0;
  const bool turn_b = node.integer("transB", 0) != 0;
  const int64_t inner_a = node.dims(0)[turn_a ? 0 : 1];
  const int64_t inner_b = node.dims(1)[turn_b ? 1 : 0];
  if (inner_a != inner_b)
    throw Error("matrices " + to_text(node.dims(0)) + " and " + to_text(node.dims(1)) + " do not fit");
  const Dims out{node.dims(0)[turn_a ? 1 : 0], node.dims(1)[turn_b ? 0 : 1]};
  if (node.has_input(2) && broadcast(out, node.dims(2)) != out) {
    throw Error("bias of shape " + to_text(node.dims(2)) + " does not fit output " + to_text(out));
  }
  return first_output(node, out);
}

Types matmul(const NodeView& node) {
  Dims a = node.dims(0);
  Dims b = node.dims(1);
  if (a.empty() || b.empty()) throw Error("expected no scalar");
  const bool vector_a = a.size() == 1;
  const bool vector_b = b.size() == 1;
  if (vector_a) a.insert(a.begin(), 1);
  if (vector_b) b.push_back(1);
  if (a.back() != b[b.size() - 2])
    throw Error("matrices " + to_text(node.dims(0)) + " and " + to_text(node.dims(1)) + " do not fit");
  Dims out = broadcast(Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2));
  if (!vector_a) out.push_back(a[a.size() - 2]);
  if (!vector_b) out.push_back(b.back());
  return first_output(node, out);
}

Types reduce(const NodeView& node) {
  const Dims& in = node.dims();
  const Dims axes = axes_operand(node, 1);
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) return first_output(node, in);
  const std::vector<bool> marked = marked_axes(axes, in.size());
  const bool keep = node.integer("keepdims", 1) != 0;
  Dims out;
  for (size_t i = 0; i < in.size(); ++i) {
    const bool reduced = axes.empty() || marked[i];
    if (!reduced) out.push_back(in[i]);
    if (reduced && keep) out.push_back(1);
  }
  return first_output(node, out);
}

Types pad(const NodeView& node) {
  const PadOperands operands = pad_operands(node);
  constexpr int64_t kLimit = int64_t{1} << 40;
  Dims out = node.dims();
  for (size_t i = 0; i < out.size(); ++i) {
    for (const int64_t p : {operands.begin[i], operands.end[i]}) {
      if (p < -kLimit || p > kLimit) throw Error("pads: " + std::to_string(p) + " is out of range");
    }
    out[i] += operands.begin[i] + operands.end[i];
  }
  return first_output(node, out);
}

Types resize(const NodeView& node) { return first_output(node, resize_operands(node).out); }

Types gather(const NodeView& node) {
  const Dims& in = node.dims();
  const size_t axis = normalized_axis(node.integer("axis", 0), in.size());
  Dims out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(axis));
  out.insert(out.end(), node.dims(1).begin(), node.dims(1).end());
  out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(axis) + 1, in.end());
  return first_output(node, out);
}

Types expand(const NodeView& node) { return first_output(node, broadcast(node.dims(), node.integers(1))); }

/// Where the equation does not fit the operands, the file says what comes out.
Types einsum(const NodeView& node) {
  const std::optional<Equation> equation = equation_of(node);
  if (!equation) return {};
  Dims dims;
  for (const char label : equation->result) dims.push_back(equation->sizes.at(label));
  return first_output(node, std::move(dims));
}

/// Indices (..., k) each pick a part of the data; the first batch_dims dimensions go along.
Types gather_nd(const NodeView& node) {
  const Dims& in = node.dims();
  const Dims& indices = node.dims(1);
  const int64_t batch = node.integer("batch_dims", 0);
  const auto shorter = static_cast<int64_t>(std::min(in.size(), indices.size()));
  if (indices.empty() || batch < 0 || batch >= shorter) {
    throw Error("batch_dims: expected less than the ranks of " + to_text(in) + " and " + to_text(indices) +
                ", got " + std::to_string(batch));
  }
  const int64_t picked = indices.back();
  if (picked < 1 || picked > static_cast<int64_t>(in.size()) - batch) {
    throw Error("indices of shape " + to_text(indices) + " do not fit data of shape " + to_text(in));
  }
  Dims out(indices.begin(), indices.end() - 1);
  out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(batch + picked), in.end());
  return first_output(node, out);
}

/// The mask of Dropout has the input's shape.
Types dropout(const NodeView& node) {
  const int32_t mask =
      node.opset() < 10 ? node.input(0).type.elem_type : static_cast<int32_t>(onnx::TensorProto::BOOL);
  return {node.input(0).type, {mask, node.dims()}};
}

void add_all(RuleTable& table, std::initializer_list<const char*> types, ShapeRule rule) {
  for (const char* type : types) table[type] = rule;
}

/// Families of operators that share a rule.
void add_plain_rules(RuleTable& t) {
  add_all(t, {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Pow", "Mod", "PRelu"}, elementwise);
  add_all(t, {"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"}, comparison);
  add_all(t, {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1"}, reduce);
  add_all(t, {"ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"}, reduce);
  add_all(t, {"Identity", "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "HardSigmoid"},
          like_input);
  add_all(t, {"HardSwish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Mish", "Gelu", "Swish"}, like_input);
  add_all(t, {"Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Sign", "Not"}, like_input);
  add_all(t,
          {"Floor", "Ceil", "Round", "Clip", "Softmax", "LogSoftmax", "LRN", "RMSNormalization",
           "MeanVarianceNormalization"},
          like_input);
  add_all(t, {"BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization"},
          like_input);
}

const RuleTable& rules() {
  static const RuleTable table = [] {
    RuleTable t{
        {"Where", where},
        {"Cast", cast},
        {"QuantizeLinear", quantize},
        {"DequantizeLinear", dequantize},
        {"DepthToSpace", depth_to_space},
        {"SpaceToDepth", space_to_depth},
        {"Tile", tile},
        {"Concat", concat},
        {"Slice", slice},
        {"Split", split},
        {"Squeeze", squeeze},
        {"Unsqueeze", unsqueeze},
        {"Reshape", reshape},
        {"Flatten", flatten},
        {"Transpose", transpose},
        {"Gemm", gemm},
        {"MatMul", matmul},
        {"Pad", pad},
        {"Resize", resize},
        {"Upsample", resize},
        {"Gather", gather},
        {"Einsum", einsum},
        {"Expand", expand},
        {"GatherND", gather_nd},
        {"Dropout", dropout},
    };
    add_window_rules(t);
    add_plain_rules(t);
    return t;
  }();
  return table;
}

}  // namespace

bool has_shape_rule(const std::string& type) { return rules().count(type) != 0; }

std::optional<std::vector<TensorType>> infer_by_rule(const NodeView& node) {
  if (!is_default_domain(node.proto().domain())) return std::nullopt;
  const auto rule = rules().find(node.proto().op_type());
  if (rule == rules().end()) return std::nullopt;
  Types types = rule->second(node);
  if (types.size() > node.output_count()) types.resize(node.output_count());
  return types;
}

}  // namespace fusesim::importer
