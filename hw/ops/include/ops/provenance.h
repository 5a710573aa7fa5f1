#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

/// The provenance hashes of hw/ops/README.md as plain C++: what a compute step does with the hashes of the
/// rows that it read. All arithmetic is modulo 2^64. Accumulators are sums, so they may be built slice by
/// slice and weight sub-group by sub-group, in any order.
namespace fusesim::hw {

enum class HashTag : uint64_t { input = 1, op = 2, w_out = 3, w_in = 4, bias = 5 };

inline uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}
inline uint64_t hash2(uint64_t a, uint64_t b) { return mix(mix(a) + b); }
inline uint64_t hash2(HashTag tag, int64_t a) {
  return hash2(static_cast<uint64_t>(tag), static_cast<uint64_t>(a));
}
inline uint64_t hash2(uint64_t a, int64_t b) { return hash2(a, static_cast<uint64_t>(b)); }

/// Hash of channel c of row y of graph input t.
inline uint64_t input_hash(TensorId t, int64_t c, int64_t y) {
  return hash2(hash2(hash2(HashTag::input, t), c), y);
}

/// A tensor as a compute step sees it: the rows that lie on chip.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Hashes of channels [c0, c1) of row y, valid until the row is released. Throws SimulationError
  /// (row_not_resident).
  virtual const uint64_t* channels(int64_t y, int64_t c0, int64_t c1) = 0;
  /// Their elements where the machine computes values, channel by channel, as many to each as columns of the
  /// tensor lie on chip; valid as long. Throws the same.
  virtual const Value* values(int64_t y, int64_t c0, int64_t c1) {
    channels(y, c0, c1);
    return nullptr;
  }
};

/// Weights that lie on chip: those between output channels [co0, co1) and input channels [ci0, ci1) of their
/// convolution group (ci counts from 0 within the group; depthwise convolutions and activations have one
/// input channel per group). Made by load_weights when the data has been fetched; compute steps take the
/// weight terms from here only.
struct WeightTile {
  OpId op = -1;
  int64_t co0 = 0, co1 = 0;
  int64_t ci0 = 0, ci1 = 0;
  bool with_bias = false;
  int64_t group_outputs = 1, group_inputs = 1;  ///< channels of a whole convolution group
  std::vector<uint64_t> a;                      ///< one per output channel
  std::vector<uint64_t> b;                      ///< (ci1 - ci0) per convolution group that [co0, co1) touches
  std::vector<uint64_t> bias;                   ///< one per output channel; empty without biases
  std::vector<Value> values;                    ///< where the machine computes them: (co, ci, taps)
  std::vector<int64_t> bias_values;             ///< as bias
};

/// Convolution groups of an op with weights, groups of a matmul: Op::groups, of another op its channels.
int64_t weight_groups(const Graph& graph, const Op& op);
/// Input channels per convolution group of an op with weights.
int64_t inputs_per_group(const Graph& graph, const Op& op);
/// Output channels per convolution group of an op with weights.
int64_t outputs_per_group(const Graph& graph, const Op& op);

/// The sub-group [co0, co1) x [ci0, ci1). with_bias adds the biases (nothing if the op has none).
WeightTile load_weights(const Graph& graph, OpId op, int64_t co0, int64_t co1, int64_t ci0, int64_t ci1,
                        bool with_bias);
/// All weights and biases of an op.
WeightTile load_all_weights(const Graph& graph, OpId op);

/// x(c, y) of a window op for input channels [c0, c1): x[0 .. c1-c0) is overwritten.
void tap_sums(const Graph& graph, OpId op, int64_t y, RowSource& in, int64_t c0, int64_t c1, uint64_t* x);

/// conv and conv_transpose: adds the terms of one sub-group for the input channels [x_c0, x_c1) of the whole
/// tensor whose tap sums are x; input channels of the sub-group outside that range add nothing. psum[0]
/// belongs to output channel tile.co0. Adds the biases if the sub-group brought them. Cost: O(input channels
/// + output channels).
void accumulate(const WeightTile& tile, const uint64_t* x, int64_t x_c0, int64_t x_c1, uint64_t* psum);

/// Accumulators of output channels [co0, co1), row y, of every kind that has no function of its own here; acc
/// is overwritten. `inputs` holds one source per operand (sources of operands that
/// the channel range does not touch may be null). `weights`: an activation's, covering [co0, co1); null if it
/// has none.
void local_sums(const Graph& graph, OpId op, int64_t y, const std::vector<RowSource*>& inputs, int64_t co0,
                int64_t co1, const WeightTile* weights, uint64_t* acc);

/// A planted fault: the same of a channel_shuffle that leaves channels where they are.
void unshuffled_sums(int64_t y, RowSource& in, int64_t co0, int64_t co1, uint64_t* acc);

/// Pools of a whole map: adds row r of channels [c0, c1) to acc. `row` holds their hashes.
void add_pooled_row(int64_t r, const uint64_t* row, int64_t channels, uint64_t* acc);
/// The same, when all rows are in: what channels share (moments of a group) goes into all of them.
void close_pool(const Graph& graph, OpId op, uint64_t* acc);

/// Term of input `input` of an opaque op: row y, `channels` channels from c0.
uint64_t opaque_term(size_t input, int64_t c0, int64_t channels, int64_t y, const uint64_t* row);

/// Hashes of output channels [co0, co1) of row y from their accumulators; out may be acc.
void finish(OpId op, int64_t co0, int64_t co1, int64_t y, const uint64_t* acc, uint64_t* out);
/// The same for output j of an opaque op, all channels sharing one accumulator.
void finish_opaque(OpId op, size_t j, int64_t channels, int64_t y, uint64_t acc, uint64_t* out);

}  // namespace fusesim::hw
