#include "fusesim/testing/reference_evaluation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "reference_arithmetic.h"

namespace fusesim::testing {
namespace {

enum Tag : uint64_t { kInput = 1, kOp = 2, kWeightOut = 3, kWeightIn = 4, kBias = 5 };

/// Evaluates ops one by one; tensors that nobody reads any more are dropped.
class Evaluator {
 public:
  explicit Evaluator(const Graph& graph) : graph_(graph), maps_(graph.tensors.size()) {}

  std::vector<ProvenanceMap> run() {
    for (TensorId t : graph_.inputs) make_input(t);
    std::vector<size_t> readers_left(graph_.tensors.size());
    for (size_t t = 0; t < readers_left.size(); ++t) readers_left[t] = graph_.tensors[t].consumers.size();
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      evaluate(o);
      std::vector<TensorId> distinct = graph_.ops[o].inputs;
      std::sort(distinct.begin(), distinct.end());
      distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
      for (TensorId t : distinct) {
        if (--readers_left[static_cast<size_t>(t)] == 0 && !graph_.tensor(t).graph_output) map(t) = {};
      }
    }
    std::vector<ProvenanceMap> result;
    for (TensorId t : graph_.outputs) result.push_back(map(t));
    return result;
  }

 private:
  ProvenanceMap& map(TensorId t) { return maps_[static_cast<size_t>(t)]; }
  uint64_t at(TensorId t, int64_t c, int64_t y) { return map(t)[u(c * graph_.tensor(t).shape.h + y)]; }

  void make_input(TensorId t) {
    const Shape& s = graph_.tensor(t).shape;
    map(t).resize(u(s.c * s.h));
    for (int64_t c = 0; c < s.c; ++c) {
      for (int64_t y = 0; y < s.h; ++y) map(t)[u(c * s.h + y)] = chain(kInput, u(t), u(c), u(y));
    }
  }

  void evaluate(size_t o) {
    const Op& op = graph_.ops[o];
    if (op.kind == OpKind::opaque) {
      evaluate_opaque(o);
      return;
    }
    const Shape& s = graph_.out_shape(op);
    ProvenanceMap out(u(s.c * s.h));
    if (op.kind == OpKind::conv || op.kind == OpKind::conv_transpose) {
      convolution_accumulators(o, out);
    } else {
      for (int64_t c = 0; c < s.c; ++c) {
        for (int64_t y = 0; y < s.h; ++y) out[u(c * s.h + y)] = accumulator(o, c, y);
      }
    }
    for (int64_t c = 0; c < s.c; ++c) {
      const uint64_t prefix = chain(kOp, o, u(c));
      for (int64_t y = 0; y < s.h; ++y) out[u(c * s.h + y)] = chain(prefix, u(y), out[u(c * s.h + y)]);
    }
    map(op.output()) = std::move(out);
  }

  /// x(ci, y) of a window op.
  uint64_t window_sum(const Op& op, int64_t c, int64_t y) {
    const Window& w = op.window;
    const int64_t rows = graph_.in_shape(op).h;
    uint64_t sum = 0;
    for (int64_t k = 1; k <= w.kernel_h; ++k) {
      const int64_t offset = (k - 1) * w.dilation_h - w.pad_top;
      int64_t r = y * w.stride_h + offset;
      if (op.kind == OpKind::conv_transpose) {
        if ((y - offset) % w.stride_h != 0) continue;
        r = (y - offset) / w.stride_h;
      }
      if (r >= 0 && r < rows) sum += chain(u(k), at(op.inputs[0], c, r));
    }
    return sum;
  }

  /// Sum over ci of (a(co) + b(ci)) * x(ci) = a(co) * sum x + sum b(ci) * x(ci), per convolution group and
  /// row.
  void convolution_accumulators(size_t o, ProvenanceMap& out) {
    const Op& op = graph_.ops[o];
    const Shape& s = graph_.out_shape(op);
    const int64_t in_per_group = graph_.in_shape(op).c / op.groups;
    const int64_t out_per_group = s.c / op.groups;
    for (int64_t g = 0; g < op.groups; ++g) {
      std::vector<uint64_t> plain(u(s.h), 0);
      std::vector<uint64_t> weighted(u(s.h), 0);
      for (int64_t ci = g * in_per_group; ci < (g + 1) * in_per_group; ++ci) {
        const uint64_t b = chain(kWeightIn, object(o), u(ci));
        for (int64_t y = 0; y < s.h; ++y) {
          const uint64_t x = window_sum(op, ci, y);
          plain[u(y)] += x;
          weighted[u(y)] += b * x;
        }
      }
      for (int64_t co = g * out_per_group; co < (g + 1) * out_per_group; ++co) {
        const uint64_t a = chain(kWeightOut, object(o), u(co));
        const uint64_t bias = op.biases > 0 ? chain(kBias, object(o), u(co)) : 0;
        for (int64_t y = 0; y < s.h; ++y) out[u(co * s.h + y)] = a * plain[u(y)] + weighted[u(y)] + bias;
      }
    }
  }

  /// The op whose weights and biases an op has.
  size_t object(size_t o) const {
    const OpId other = graph_.ops[o].parameters_of;
    return other < 0 ? o : static_cast<size_t>(other);
  }

  uint64_t accumulator(size_t o, int64_t c, int64_t y) {
    const Op& op = graph_.ops[o];
    const TensorId in = op.inputs[0];
    switch (op.kind) {
      case OpKind::max_pool:
      case OpKind::avg_pool:
      case OpKind::crop:
        return window_sum(op, c, y);
      case OpKind::global_avg_pool:
      case OpKind::global_max_pool:
        return pooled_sum(op, c, c + 1);
      case OpKind::moments: {
        const int64_t members = graph_.in_shape(op).c / op.groups;
        return pooled_sum(op, c / members * members, (c / members + 1) * members);
      }
      case OpKind::channel_shuffle:
        return shuffled_channel_of(op, c, y);
      case OpKind::depth_to_space:
      case OpKind::space_to_depth:
        return block_sum(op, c, y);
      case OpKind::norm:
        return with_parameters(o, c, chain(1, at(in, c, y)) + norm_sum(op, c, y));
      case OpKind::channel_reduce:
        return group_sum(op, 0, y, 1);
      case OpKind::matmul:
        return product_sum(op, c, y);
      case OpKind::position_matmul:
        return chain(1, channel_sum(op, 0, y)) + chain(2, channel_sum(op, 1, y));
      case OpKind::eltwise:
        return eltwise_sum(op, c, y);
      case OpKind::concat:
        return concat_source(op, c, y);
      case OpKind::channel_slice:
        return chain(1, at(in, op.channel_begin + c, y));
      case OpKind::resize: {
        uint64_t sum = 0;
        uint64_t k = 0;
        for (int64_t r : resize_rows(op.resize, graph_.in_shape(op).h, graph_.out_shape(op).h, y)) {
          sum += chain(++k, at(in, c, r));
        }
        return sum;
      }
      case OpKind::activation:
        return with_parameters(o, c, chain(1, at(in, c, y)));
      case OpKind::conv:
      case OpKind::conv_transpose:
      case OpKind::opaque:
        break;  // not made channel by channel
    }
    return 0;
  }

  uint64_t with_parameters(size_t o, int64_t c, uint64_t acc) {
    if (graph_.ops[o].weights > 0)
      acc *= chain(kWeightOut, object(o), u(c)) + chain(kWeightIn, object(o), u(c));
    return graph_.ops[o].biases > 0 ? acc + chain(kBias, object(o), u(c)) : acc;
  }

  uint64_t shuffled_channel_of(const Op& op, int64_t c, int64_t y) {
    const int64_t members = graph_.in_shape(op).c / op.groups;
    const int64_t block = c / op.channel_block;
    const int64_t from = (block / op.groups) * op.channel_block + c % op.channel_block;
    return chain(1, at(op.inputs[0], (block % op.groups) * members + from, y));
  }

  /// Rows of channels [first, end) of the whole map.
  uint64_t pooled_sum(const Op& op, int64_t first, int64_t end) {
    uint64_t sum = 0;
    for (int64_t ci = first; ci < end; ++ci) {
      for (int64_t r = 0; r < graph_.in_shape(op).h; ++r) sum += chain(u(r + 1), at(op.inputs[0], ci, r));
    }
    return sum;
  }

  /// Input channels of the group that output channel c belongs to, numbered from `number`.
  uint64_t group_sum(const Op& op, int64_t c, int64_t y, int64_t number) {
    const int64_t members = graph_.in_shape(op).c / op.groups;
    const int64_t group = c / (graph_.out_shape(op).c / op.groups);
    uint64_t sum = 0;
    for (int64_t i = 0; i < members; ++i)
      sum += chain(u(number + i), at(op.inputs[0], group * members + i, y));
    return sum;
  }

  /// A sum that many channels share, worked out once.
  template <class Sum>
  uint64_t shared(const Op& op, int64_t first, int64_t second, const Sum& sum) {
    if (shared_by_ != &op) shared_sums_.clear();
    shared_by_ = &op;
    const auto [place, added] = shared_sums_.try_emplace({first, second}, 0);
    if (added) place->second = sum();
    return place->second;
  }

  /// All channels of one row of operand i, numbered from 1.
  uint64_t channel_sum(const Op& op, size_t i, int64_t y) {
    return shared(op, static_cast<int64_t>(i), y, [&] {
      uint64_t sum = 0;
      for (int64_t c = 0; c < graph_.in_shape(op, i).c; ++c) sum += chain(u(c + 1), at(op.inputs[i], c, y));
      return sum;
    });
  }

  uint64_t norm_sum(const Op& op, int64_t c, int64_t y) {
    const int64_t group = c / (graph_.out_shape(op).c / op.groups);
    return shared(op, group, y, [&] { return group_sum(op, c, y, 2); });
  }

  uint64_t product_sum(const Op& op, int64_t c, int64_t y) {
    const int64_t group = c / (graph_.out_shape(op).c / op.groups);
    const uint64_t rows = shared(op, group, y, [&] { return group_sum(op, c, y, 1); });
    return rows + shared(op, group, -1, [&] { return matrix_sum(op, group); });
  }

  /// All rows of a group's channels of the matrix.
  uint64_t matrix_sum(const Op& op, int64_t group) {
    const Shape& matrix = graph_.in_shape(op, 1);
    const int64_t members = matrix.c / op.groups;
    uint64_t sum = 0;
    for (int64_t r = 0; r < matrix.h; ++r) {
      uint64_t row = 0;
      for (int64_t i = 0; i < members; ++i) row += chain(u(i + 1), at(op.inputs[1], group * members + i, r));
      sum += chain(u(r + 1), row);
    }
    return sum;
  }

  uint64_t block_sum(const Op& op, int64_t c, int64_t y) {
    const int64_t size = op.block.size;
    const int64_t flat = op.kind == OpKind::depth_to_space ? graph_.out_shape(op).c : graph_.in_shape(op).c;
    if (op.kind == OpKind::space_to_depth) {  // c is (i, j, channel) or (channel, i, j)
      const int64_t place = op.block.innermost ? c % (size * size) : c / flat;
      const int64_t channel = op.block.innermost ? c / (size * size) : c % flat;
      return chain(u(place % size + 1), at(op.inputs[0], channel, y * size + place / size));
    }
    uint64_t sum = 0;
    for (int64_t j = 0; j < size; ++j) {
      const int64_t place = (y % size) * size + j;
      const int64_t from = op.block.innermost ? c * size * size + place : place * flat + c;
      sum += chain(u(j + 1), at(op.inputs[0], from, y / size));
    }
    return sum;
  }

  uint64_t eltwise_sum(const Op& op, int64_t c, int64_t y) {
    uint64_t sum = 0;
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      const Shape& s = graph_.in_shape(op, j);
      sum += chain(j + 1, at(op.inputs[j], c < s.c ? c : 0, y < s.h ? y : 0));
    }
    return sum;
  }

  uint64_t concat_source(const Op& op, int64_t c, int64_t y) {
    size_t j = 0;
    while (c >= graph_.in_shape(op, j).c) c -= graph_.in_shape(op, j++).c;
    return chain(1, at(op.inputs[j], c, y));
  }

  void evaluate_opaque(size_t o) {
    const Op& op = graph_.ops[o];
    uint64_t acc = op.weights + op.biases > 0 ? chain(kWeightOut, object(o)) : 0;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const Shape& s = graph_.in_shape(op, i);
      for (int64_t c = 0; c < s.c; ++c) {
        for (int64_t y = 0; y < s.h; ++y) acc += chain(i + 1, u(c), u(y), at(op.inputs[i], c, y));
      }
    }
    for (size_t j = 0; j < op.outputs.size(); ++j) {
      const Shape& s = graph_.tensor(op.outputs[j]).shape;
      ProvenanceMap& out = map(op.outputs[j]);
      out.resize(u(s.c * s.h));
      for (int64_t c = 0; c < s.c; ++c) {
        for (int64_t y = 0; y < s.h; ++y) out[u(c * s.h + y)] = chain(kOp, o, j, u(c), u(y), acc);
      }
    }
  }

  const Graph& graph_;
  std::vector<ProvenanceMap> maps_;
  const Op* shared_by_ = nullptr;  ///< whose sums are held
  std::map<std::pair<int64_t, int64_t>, uint64_t> shared_sums_;
};

}  // namespace

std::vector<ProvenanceMap> reference_evaluation(const Graph& graph) { return Evaluator(graph).run(); }

}  // namespace fusesim::testing
