#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Bytes per element and machine shape, the brute force's own copy.
struct BruteParams {
  int64_t activation_bytes = 1;
  int64_t weight_bytes = 1;
  int64_t bias_bytes = 4;
  int64_t partial_sum_bytes = 4;
  int64_t pe_rows = 32;
  std::vector<int64_t> slice_channels = {32, 16, 8};
  int64_t prefetch_rows = 0;
  bool two_weight_pieces = false;  ///< of BRR: the next weights come while these are worked with
  bool two_inputs = false;         ///< and the rows that the next tile adds, or the next slice
  bool from_file = false;          ///< widths that the graph has come first
};

/// One channel of a row of a tensor, padded to a byte, and the same in partial sums.
int64_t channel_bytes(const Graph& graph, TensorId t, const BruteParams& params);
int64_t channel_sum_bytes(const Graph& graph, TensorId t, const BruteParams& params);
/// Of an op: so many rows of so many weights, each padded to a byte; so many biases.
int64_t weights_in_rows(const Op& op, int64_t rows, int64_t weights, const BruteParams& params);
int64_t biases_in_bytes(const Op& op, int64_t biases, const BruteParams& params);
/// All weights and biases of an op.
int64_t parameters_in_bytes(const Graph& graph, const Op& op, const BruteParams& params);

/// Bytes fetched per row of one tensor.
using RowBytes = std::map<TensorId, std::vector<int64_t>>;

struct BruteTraffic {
  int64_t ifmap_bytes = 0;
  int64_t ofmap_bytes = 0;
  int64_t weight_bytes = 0;
  int64_t total_bytes() const { return ifmap_bytes + ofmap_bytes + weight_bytes; }
};

/// Line buffers: rings of the demand-driven schedule, played row by row.
struct BruteLbdf {
  int64_t f_beta_bytes = 0;
  BruteTraffic traffic;
  std::map<TensorId, int64_t> ring_rows;  ///< tensors that work in place are absent
};
BruteLbdf brute_lbdf(const Graph& graph, const Group& group, const BruteParams& params);

/// Plays a group with rings of these sizes, firing whatever can move in a random order. Returns the fetched
/// rows of every external tensor and the made rows of every outgoing one, or nothing if it gets stuck.
std::optional<RowBytes> self_timed_run(const Graph& graph, const Group& group,
                                       const std::map<TensorId, int64_t>& ring_rows, uint64_t seed);

/// One BRR schedule of a group and what it costs.
struct BruteBrrCandidate {
  bool passes_mode = false;  ///< weight passes of a single convolution, else tiles
  bool start_slice = false;
  bool join_any = false;
  int64_t slice_channels = 0;
  int64_t tile_rows = 0;
  int64_t tiles = 0;  ///< or passes
  bool weights_resident = false;
  int64_t block_channels = 0;
  std::map<TensorId, bool> sliced;
  int64_t footprint_bytes = 0;
  BruteTraffic traffic;
  RowBytes fetched;  ///< external tensors
};

/// Every BRR schedule of a group, enumerated tile by tile and row by row.
struct BruteBrr {
  std::string illegal_reason;  ///< empty if legal
  int64_t f_beta_bytes = 0;    ///< of a legal group
  std::vector<BruteBrrCandidate> candidates;

  /// Least traffic, then fewer tiles, then less buffer; nothing if not valid at this capacity.
  const BruteBrrCandidate* best(int64_t buffer_bytes) const;
};
BruteBrr brute_brr(const Graph& graph, const Group& group, const BruteParams& params);

}  // namespace fusesim::testing
