#include "real_parameters.h"

#include <cmath>
#include <optional>

#include "fusesim/graph/op_facts.h"
#include "real_constants.h"

namespace fusesim::importer {
namespace {

using Numbers = RealConstants::Numbers;

/// Weights and biases of one op, node by node of those that gave it some.
class OpReader {
 public:
  OpReader(const TypedGraph& typed, const RealConstants& constants, const Graph& graph, const Op& op)
      : typed_(typed),
        constants_(constants),
        graph_(graph),
        op_(op),
        channels_(static_cast<size_t>(graph.out_shape(op).c)) {}

  OpParameters read(const std::vector<int>& nodes) {
    for (const int position : nodes) {
      if (!take(typed_.nodes[static_cast<size_t>(position)])) return {};
    }
    const bool scalar = op_.weights + op_.biases == 1;  // of all channels
    if (scalar) {
      weights_.resize(static_cast<size_t>(op_.weights));
      biases_.resize(static_cast<size_t>(op_.biases));
    }
    if (op_.weights == 0) weights_.clear();
    if (op_.biases == 0) biases_.clear();
    const bool whole = static_cast<int64_t>(weights_.size()) == op_.weights &&
                       static_cast<int64_t>(biases_.size()) == op_.biases;
    return whole ? OpParameters{weights_, biases_} : OpParameters{};
  }

 private:
  bool take(const TypedNode& node) {
    const std::string& type = node.proto->op_type();
    // A quantised operator: its scales lie beside it.
    if (node.proto != node.filed) return false;
    if (type == "Conv" || type == "ConvTranspose") return begin(node, type == "ConvTranspose");
    if (type == "Gemm" || type == "MatMul") return begin_matrix(node);
    if (weights_.empty()) {
      if (is_convolution(op_)) return false;
      weights_.assign(channels_, 1);
      biases_.assign(channels_, 0);
    }
    if (type == "BatchNormalization") return normalise(node);
    if (type == "PRelu") return scale_by(input(node, 1), false);
    if (type == "Mul" || type == "Div" || type == "Add" || type == "Sub") return arithmetic(node, type);
    if (type == "LayerNormalization" || type == "InstanceNormalization" || type == "GroupNormalization")
      return scale_by(input(node, 1), false) && (node.inputs.size() < 3 || shift_by(input(node, 2), 1));
    return false;
  }

  std::optional<Numbers> input(const TypedNode& node, size_t i) const {
    return i < node.inputs.size() ? constants_.read(node.inputs[i]) : std::nullopt;
  }
  bool has(const TypedNode& node, size_t i) const { return i < node.inputs.size() && node.inputs[i] >= 0; }

  bool begin(const TypedNode& node, bool transposed) {
    const std::optional<Numbers> weights = input(node, 1);
    if (!weights || static_cast<int64_t>(weights->size()) != op_.weights) return false;
    weights_ = transposed ? outputs_first(*weights) : *weights;
    biases_.assign(channels_, 0);
    return !has(node, 2) || shift_by(input(node, 2), 1);
  }

  /// From (input, output of its group, taps) to (output, input of its group, taps).
  Numbers outputs_first(const Numbers& weights) const {
    const auto groups = static_cast<size_t>(op_.groups);
    const size_t outputs = channels_ / groups;
    const size_t inputs = static_cast<size_t>(graph_.in_shape(op_).c) / groups;
    const size_t taps = weights.size() / (groups * inputs * outputs);
    Numbers turned(weights.size());
    for (size_t g = 0; g < groups; ++g) {
      for (size_t i = 0; i < inputs; ++i) {
        for (size_t o = 0; o < outputs; ++o) {
          for (size_t t = 0; t < taps; ++t) {
            turned[((g * outputs + o) * inputs + i) * taps + t] =
                weights[((g * inputs + i) * outputs + o) * taps + t];
          }
        }
      }
    }
    return turned;
  }

  bool begin_matrix(const TypedNode& node) {
    const NodeView view = typed_.view(node);
    const bool gemm = node.proto->op_type() == "Gemm";
    std::optional<Numbers> matrix = input(node, 1);
    if (!matrix || static_cast<int64_t>(matrix->size()) != op_.weights || channels_ == 0) return false;
    if (gemm && view.integer("transA", 0) != 0) return false;
    const size_t depth = matrix->size() / channels_;
    weights_ = *matrix;
    if (!gemm || view.integer("transB", 0) == 0) {
      for (size_t o = 0; o < channels_; ++o) {
        for (size_t i = 0; i < depth; ++i) weights_[o * depth + i] = (*matrix)[i * channels_ + o];
      }
    }
    biases_.assign(channels_, 0);
    if (!gemm) return true;
    const auto alpha = static_cast<float>(view.number("alpha", 1));
    for (float& w : weights_) w *= alpha;
    return !has(node, 2) || shift_by(input(node, 2), static_cast<float>(view.number("beta", 1)));
  }

  bool normalise(const TypedNode& node) {
    const std::optional<Numbers> scale = input(node, 1), shift = input(node, 2), mean = input(node, 3),
                                 variance = input(node, 4);
    if (!scale || !shift || !mean || !variance) return false;
    const auto epsilon = static_cast<float>(typed_.view(node).number("epsilon", 1e-5));
    if (scale->size() != channels_ || shift->size() != channels_ || mean->size() != channels_ ||
        variance->size() != channels_)
      return false;
    Numbers factor(channels_), rest(channels_);
    for (size_t c = 0; c < channels_; ++c) {
      factor[c] = (*scale)[c] / std::sqrt((*variance)[c] + epsilon);
      rest[c] = (*shift)[c] - (*mean)[c] * factor[c];
    }
    return scale_by(factor, false) && shift_by(rest, 1);
  }

  bool arithmetic(const TypedNode& node, const std::string& type) {
    const std::optional<Numbers> first = input(node, 0), second = input(node, 1);
    if (second && (type == "Mul" || type == "Div")) return scale_by(second, type == "Div");
    if (second) return shift_by(second, type == "Sub" ? -1 : 1);
    if (!first || type == "Div") return false;
    if (type == "Mul") return scale_by(first, false);
    if (type == "Sub" && !scale_by(Numbers{-1}, false)) return false;
    return shift_by(first, 1);
  }

  /// One number of each channel, or one of all.
  bool fits(const std::optional<Numbers>& numbers) const {
    return numbers && (numbers->size() == 1 || numbers->size() == channels_);
  }
  static float of(const Numbers& numbers, size_t c) { return numbers[numbers.size() == 1 ? 0 : c]; }

  bool scale_by(const std::optional<Numbers>& factors, bool divide) {
    if (!fits(factors)) return false;
    const size_t own = weights_.size() / channels_;
    for (size_t c = 0; c < channels_; ++c) {
      const float factor = divide ? 1 / of(*factors, c) : of(*factors, c);
      for (size_t i = 0; i < own; ++i) weights_[c * own + i] *= factor;
      biases_[c] *= factor;
    }
    return true;
  }

  bool shift_by(const std::optional<Numbers>& numbers, float factor) {
    if (!fits(numbers)) return false;
    for (size_t c = 0; c < channels_; ++c) biases_[c] += factor * of(*numbers, c);
    return true;
  }

  const TypedGraph& typed_;
  const RealConstants& constants_;
  const Graph& graph_;
  const Op& op_;
  size_t channels_;
  Numbers weights_, biases_;
};

}  // namespace

std::vector<OpParameters> real_parameters(const TypedGraph& typed, const onnx::GraphProto& proto,
                                          const Draft& draft, const std::vector<int>& drafts,
                                          const Graph& graph) {
  const RealConstants constants(typed, proto);
  std::vector<OpParameters> all;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    const Op& op = graph.ops[o];
    const DraftOp& made_of = draft.op(drafts[o]);
    const bool has_some = op.kind != OpKind::opaque && op.weights + op.biases > 0;
    all.push_back(has_some && !made_of.parameter_nodes.empty()
                      ? OpReader(typed, constants, graph, op).read(made_of.parameter_nodes)
                      : OpParameters{});
  }
  return all;
}

}  // namespace fusesim::importer
