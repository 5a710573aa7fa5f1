#pragma once

#include <cstdint>

#include "blocks/array_dataflow.h"

namespace fusesim::hw {

/// What the walks of several dataflows share.

/// N * S steps for each position.
///
///     N = column steps: sum over the touched convolution groups of ceil(outputs in that group / C);
///         depthwise ceil(O / C)
///     S = reduction steps: K * ceil(I / R), with pe.fold_taps ceil(K * I / R); depthwise, taps on the rows,
///         ceil(K / R)
int64_t walk_steps(const PeArrayConfig& array, const RowBlock& block);

/// Positions one after another: P; depthwise with pe.depthwise_positions, where floor(R / K) positions lie
/// side by side on the rows, ceil(P / max(1, floor(R / K))).
int64_t walk_positions(const PeArrayConfig& array, const RowBlock& block);

/// The positions of a walk, cut into stripes of pe.stripe; the last may be shorter.
struct Stripes {
  int64_t length = 0;  ///< of every stripe but the last
  int64_t full = 0;    ///< stripes of that length
  int64_t rest = 0;    ///< length of a shorter one; 0: there is none
  int64_t count() const { return full + (rest > 0 ? 1 : 0); }
};
Stripes stripes(const PeArrayConfig& array, const RowBlock& block);

/// A walk whose weights stay for one stripe.
class StripedDataflow : public ArrayDataflow {
 public:
  /// N * S * sum over stripes of max(length, L), the next weights entering shadow registers meanwhile;
  /// without those, of length + L.
  int64_t cycles(const PeArrayConfig& array, const Datatypes& types, const RowBlock& block) const final;
  /// Fill, and the first L if later ones are hidden.
  int64_t start_cycles(const PeArrayConfig& array, const Datatypes& types) const final;
};

/// Reads of inputs that stream: K * I * P for each column step; depthwise, where each element has an input of
/// its own, K * O * P.
int64_t streamed_inputs(const PeArrayConfig& array, const RowBlock& block);
/// Every weight once: K * I * O.
int64_t block_weights(const RowBlock& block);
/// Biases once per output, partial sums and results once per output and position.
ArrayAccesses column_accesses(const RowBlock& block);

}  // namespace fusesim::hw
