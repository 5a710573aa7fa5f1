#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/schedule/schedule.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// A tensor of a BRR group. Ops and tensors are named by their place in BrrGroup::ops and BrrGroup::tensors.
struct BrrTensor {
  TensorId id = -1;
  Shape shape;
  int producer = -1;         ///< -1: external
  std::vector<int> readers;  ///< ops inside that read it, ascending, each once
  bool outgoing = false;     ///< leaves the group
  Residency residency = Residency::full;

  bool external() const { return producer < 0; }
  bool sliced() const { return residency == Residency::slice; }
};

struct BrrOp {
  OpId id = -1;
  const Op* op = nullptr;
  std::vector<int> inputs;  ///< one per operand
  int output = -1;
  OpFacts facts{};
  bool reduction = false;
  bool depthwise = false;
};

/// A brr_tiles or brr_passes group with local indices. Refers to the graph.
struct BrrGroup {
  const Graph* graph = nullptr;
  int64_t slice_channels = 0;      ///< g
  std::vector<BrrOp> ops;          ///< ascending op index
  std::vector<BrrTensor> tensors;  ///< ascending tensor id, externals included

  const BrrOp& op(int o) const { return ops[static_cast<size_t>(o)]; }
  const BrrTensor& tensor(int t) const { return tensors[static_cast<size_t>(t)]; }
  /// The operand of `op` that carries tensor t first.
  size_t operand_of(int op, int t) const;
  /// An op with a SLICE input and a reduction's FULL result sums over slices.
  bool accumulates(int op) const;
  /// Made inside and read by one op inside and no other in the whole graph. A graph output may be private: it
  /// goes to DRAM as it is made, before its reader runs.
  bool is_private(int t) const;
};

/// A group whose tensors are all FULL (weight passes). Throws SimulationError (bad_schedule) if it holds no
/// op or an opaque one, outgoing tensors that are not the graph's, or no slice channels.
BrrGroup view_brr_group(const Graph& graph, const GroupSchedule& schedule);
/// The same with the residency of the schedule (tiles). Also throws SimulationError (bad_schedule) if one is
/// missing or impossible (a SLICE tensor with two readers inside, a SLICE result of a reduction over slices,
/// a SLICE pooled vector), or a GlobalAvgPool is not last in its branch.
BrrGroup view_tiled_group(const Graph& graph, const GroupSchedule& schedule);

/// Channel-local ops: input channels of operand `input` that output channels `out` need (empty where a concat
/// has them from other operands; [0, 1) of a (1,H,W) operand).
ChannelRange input_channels(const BrrGroup& group, int op, size_t input, ChannelRange out);
/// Output channels per input channel: a depthwise convolution's multiplier, else 1.
int64_t channel_multiplier(const BrrGroup& group, int op);

}  // namespace fusesim::hw
