#pragma once

#include <cstdint>
#include <vector>

#include "convolution.h"
#include "fusesim/config/config.h"

namespace fusesim::testing {

/// What the array does with one set of weights.
struct Step {
  OperandBuffer* buffer = nullptr;  ///< of its block
  int64_t block = 0;                ///< in the run
  int64_t first_output = 0;
  int64_t outputs = 0;        ///< columns in use
  int64_t first_product = 0;  ///< rows carry products [first_product, first_product + products)
  int64_t products = 0;
  int64_t side_by_side = 1;  ///< positions that lie side by side on the rows
  int64_t first_place = 0;   ///< each so many positions
  int64_t places = 0;
  bool opens = false;        ///< its sums are the first of their results
  bool closes = false;       ///< and the last
  bool takes_bias = false;   ///< biases come for this step and those that go on with its results
  bool keeps = false;        ///< input-stationary: the rows keep what comes
  bool replays = false;      ///< and give it again
  int64_t accumulators = 0;  ///< the first that its results use, one a place
  bool ends_block = false;

  /// Positions of a place: the last may have fewer.
  int64_t positions(int64_t place) const;
};

/// The steps of a block in the order of the dataflow (hw/blocks/README.md).
std::vector<Step> steps_of(const PeArrayConfig& array, OperandBuffer& buffer, int64_t block);
/// Accumulators that a column needs for it.
int64_t accumulators(const PeArrayConfig& array, const OperandBuffer& buffer);

}  // namespace fusesim::testing
