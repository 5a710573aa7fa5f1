#pragma once

#include <cstdint>

#include "blocks/shared_unit.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// The work of one output row of a convolution, restricted to some output channels and some input channels.
struct RowBlock {
  int64_t out_width = 0;
  int64_t taps = 1;          ///< kernel positions per output element
  int64_t groups = 1;        ///< convolution groups touched
  int64_t group_inputs = 1;  ///< input channels per touched convolution group
  int64_t outputs = 1;       ///< output channels, all touched groups together
  bool depthwise = false;

  int64_t macs() const { return out_width * taps * group_inputs * outputs; }
};

/// Output channels [co0, co1), input channels [ci0, ci1) of each convolution group. A conv_transpose has
/// ceil(kernel / stride) taps per output element in each direction.
RowBlock row_block(const Graph& graph, const Op& op, int64_t co0, int64_t co1, int64_t ci0, int64_t ci1);
/// The whole output row.
RowBlock row_block(const Graph& graph, const Op& op);

/// Cycles of one row block, closed form. R, C: rows and columns of the array; F: pipeline fill.
///   passes = groups * ceil(group_inputs / R) * ceil(outputs per group / C)
///   output-stationary:  out_width * taps * passes + F            partial sums stay, a tap of R x C weights
///   enters each cycle weight-stationary:  taps * passes * (R + out_width) + F      R x C weights are loaded
///   in R cycles, then the row streams depthwise (taps on the rows, channels on the columns), passes =
///   ceil(taps / R) * ceil(outputs / C): output-stationary:  out_width * passes + F weight-stationary: passes
///   * (R + out_width) + F
/// Epilogue activations are applied as results leave the array and cost nothing more.
int64_t pe_cycles(const PeArrayConfig& config, const RowBlock& block);

/// The PE array: a shared resource that takes pe_cycles() per row block.
class PeArray {
 public:
  PeArray(const PeArrayConfig& config, const MachineClock& clock, Activity& compute)
      : config_(config), unit_(clock, compute) {}

  /// Blocks the calling SC_THREAD until the row block is done.
  void run(int64_t id, const RowBlock& block) { unit_.occupy(id, pe_cycles(config_, block)); }
  int64_t busy_cycles() const { return unit_.busy_cycles(); }
  void reset() { unit_.reset(); }
  const PeArrayConfig& config() const { return config_; }

 private:
  PeArrayConfig config_;
  SharedUnit unit_;
};

}  // namespace fusesim::hw
