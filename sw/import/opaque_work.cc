#include "opaque_work.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "einsum.h"
#include "fusesim/base/error.h"
#include "fusesim/graph/transposed_products.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

/// Taps are counted one by one.
constexpr int64_t kLargestKernel = int64_t{1} << 24;

/// A count that does not fit stays at the largest that does.
int64_t product(int64_t a, int64_t b) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return a > 0 && b > kMost / a ? kMost : a * b;
}

int64_t sum(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::numeric_limits<int64_t>::max() : result;
}

int64_t elements(const NodeView& node, size_t i) {
  return node.has_input(i) ? element_count(node.dims(i)) : 0;
}

/// Every tap of every output element; weights are (C_out, C_in / groups, ...).
int64_t convolution(const NodeView& node, size_t weights, const Dims& out) {
  return product(element_count(out), elements(node, weights) / std::max<int64_t>(1, node.dim(weights, 0)));
}

/// Products of an input element and a weight that fall on the output; weights are (C_in,
/// C_out / groups, ...).
int64_t transposed_convolution(const NodeView& node) {
  const SpatialWindow w = conv_transpose_window(node);
  int64_t macs = product(node.dim(0, 0), product(node.dim(1, 0), node.dim(1, 1)));
  for (size_t i = 0; i < w.kernel.size(); ++i) {
    if (w.kernel[i] > kLargestKernel) return 0;
    macs = product(macs, transposed_products(node.dim(0, i + 2), w.out[i], w.kernel[i], w.stride[i],
                                             w.dilation[i], w.pad_begin[i]));
  }
  return macs;
}

/// Rows of operand 0 are summed over.
int64_t matrix_product(const NodeView& node, const Dims& out) {
  const Dims& rows = node.dims(0);
  if (rows.empty()) return 0;
  const bool turned = node.proto().op_type() == "Gemm" && node.integer("transA", 0) != 0;
  return product(element_count(out), turned ? rows.front() : rows.back());
}

/// Every weight of both matrices once per step of the sequence; (steps, batch, inputs), or batch first.
int64_t recurrent(const NodeView& node) {
  return product(product(node.dim(0, 0), node.dim(0, 1)), sum(elements(node, 1), elements(node, 2)));
}

/// Queries by keys, and by values: each of `elements(queries)` and of the result against every position.
int64_t attention(const NodeView& node, const Dims& out) {
  const Dims& keys = node.dims(1);
  if (keys.size() < 3) return 0;
  return product(keys[keys.size() - 2], sum(elements(node, 0), element_count(out)));
}

int64_t counted(const NodeView& node, const Dims& out) {
  const std::string type = node.type();
  if (type == "Conv" || type == "ConvInteger" || type == "DeformConv" || type == "com.microsoft.FusedConv")
    return convolution(node, 1, out);
  if (type == "QLinearConv" || type == "com.microsoft.QLinearConv") return convolution(node, 3, out);
  if (type == "ConvTranspose") return transposed_convolution(node);
  if (type == "MatMul" || type == "MatMulInteger" || type == "QLinearMatMul" || type == "Gemm" ||
      type == "com.microsoft.FusedMatMul")
    return matrix_product(node, out);
  if (type == "LSTM" || type == "GRU" || type == "RNN") return recurrent(node);
  if (type == "Attention") return attention(node, out);
  if (type != "Einsum") return 0;
  const std::optional<Equation> equation = equation_of(node);
  return equation ? multiply_accumulates(*equation) : 0;
}

}  // namespace

int64_t opaque_macs(const NodeView& node, const Dims& out) {
  constexpr int64_t kMost = int64_t{1} << 62;
  try {
    return std::min(counted(node, out), kMost);
  } catch (const Error&) {
    return 0;  // operands that contradict each other: what the file declares stands
  }
}

}  // namespace fusesim::importer
