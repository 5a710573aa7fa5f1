#include "fusesim/testing/reference_evaluation.h"
#include "reference_arithmetic.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kInputColumn = 6;
constexpr uint64_t kOpColumn = 7;

/// Columns of whole maps, op by op.
class ColumnEvaluator {
 public:
  explicit ColumnEvaluator(const Graph& graph) : graph_(graph), columns_(graph.tensors.size()) {}

  std::vector<std::vector<uint64_t>> run() {
    for (TensorId t : graph_.inputs) {
      for (int64_t x = 0; x < graph_.tensor(t).shape.w; ++x) of(t).push_back(chain(kInputColumn, u(t), u(x)));
    }
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      for (size_t j = 0; j < graph_.ops[o].outputs.size(); ++j) {
        const TensorId t = graph_.ops[o].outputs[j];
        for (int64_t x = 0; x < graph_.tensor(t).shape.w; ++x)
          of(t).push_back(chain(kOpColumn, o, j, u(x), accumulator(graph_.ops[o], x)));
      }
    }
    std::vector<std::vector<uint64_t>> result;
    for (TensorId t : graph_.outputs) result.push_back(of(t));
    return result;
  }

 private:
  std::vector<uint64_t>& of(TensorId t) { return columns_[static_cast<size_t>(t)]; }

  uint64_t accumulator(const Op& op, int64_t x) {
    const std::vector<uint64_t>& in = of(op.inputs[0]);
    const auto width = static_cast<int64_t>(in.size());
    switch (op.kind) {
      case OpKind::conv:
      case OpKind::max_pool:
      case OpKind::avg_pool:
      case OpKind::conv_transpose:
      case OpKind::crop:
      case OpKind::space_to_depth:
        return window_sum(op, x, in);
      case OpKind::depth_to_space:
        return chain(1, in[u(x / op.block.size)]);
      case OpKind::resize: {
        uint64_t sum = 0;
        uint64_t k = 0;
        for (int64_t r : resize_rows(op.resize, width, graph_.out_shape(op).w, x))
          sum += chain(++k, in[u(r)]);
        return sum;
      }
      case OpKind::global_avg_pool:
      case OpKind::global_max_pool:
      case OpKind::moments:
      case OpKind::opaque:
        return sum_of_all(op);
      case OpKind::eltwise:
      case OpKind::concat:
      case OpKind::channel_slice:
      case OpKind::channel_shuffle:
      case OpKind::norm:
      case OpKind::channel_reduce:
      case OpKind::matmul:
      case OpKind::position_matmul:
      case OpKind::activation:
        break;
    }
    const bool normalises = op.kind == OpKind::eltwise && op.eltwise == EltwiseKind::normalise;
    uint64_t sum = 0;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const std::vector<uint64_t>& operand = of(op.inputs[i]);
      if (i == 1 && (normalises || op.kind == OpKind::matmul)) {
        sum += sum_of(operand, i);
        continue;
      }
      sum += chain(i + 1, operand.size() == 1 ? operand[0] : operand[u(x)]);
    }
    return sum;
  }

  static uint64_t window_sum(const Op& op, int64_t x, const std::vector<uint64_t>& in) {
    const Window& w = op.window;
    uint64_t sum = 0;
    for (int64_t k = 1; k <= w.kernel_w; ++k) {
      const int64_t offset = (k - 1) * w.dilation_w - w.pad_left;
      int64_t c = x * w.stride_w + offset;
      if (op.kind == OpKind::conv_transpose) {
        if ((x - offset) % w.stride_w != 0) continue;
        c = (x - offset) / w.stride_w;
      }
      if (c >= 0 && u(c) < in.size()) sum += chain(u(k), in[u(c)]);
    }
    return sum;
  }

  /// Every column of operand i.
  static uint64_t sum_of(const std::vector<uint64_t>& operand, size_t i) {
    uint64_t sum = 0;
    for (size_t x = 0; x < operand.size(); ++x) sum += chain(x + 1 + i * operand.size(), operand[x]);
    return sum;
  }

  uint64_t sum_of_all(const Op& op) {
    uint64_t sum = 0;
    for (size_t i = 0; i < op.inputs.size(); ++i) sum += sum_of(of(op.inputs[i]), i);
    return sum;
  }

  const Graph& graph_;
  std::vector<std::vector<uint64_t>> columns_;
};

}  // namespace

std::vector<std::vector<uint64_t>> reference_columns(const Graph& graph) {
  return ColumnEvaluator(graph).run();
}

}  // namespace fusesim::testing
