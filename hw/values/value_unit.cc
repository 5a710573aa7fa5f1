#include "values/value_unit.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "values/arithmetic.h"

namespace fusesim::hw {

ValueUnit::ValueUnit(const Graph& graph, const ValueNetwork& network)
    : graph_(graph), network_(network), highest_(network.format.highest()), lowest_(network.format.lowest()) {
  for (const Tensor& tensor : graph.tensors) columns_.push_back({0, tensor.shape.w});
}

void ValueUnit::check_sums(OpId o, int64_t c0, int64_t y, int64_t width, const int64_t* sums,
                           size_t count) const {
  const int64_t bound = int64_t{1} << (format().sum_bits - 1);
  const int64_t* end = sums + count;
  const int64_t* bad = std::find_if(sums, end, [bound](int64_t s) { return s < -bound || s >= bound; });
  if (bad == end) return;
  const int64_t place = bad - sums;
  throw SimulationError(SimulationError::Guard::partial_sum_overflow,
                        op_label(graph_, o) + ": channel " + std::to_string(c0 + place / width) + ", row " +
                            std::to_string(y) + ", column " +
                            std::to_string(columns(op(o).output()).first + place % width) +
                            ": expected a partial sum of " + std::to_string(format().sum_bits) +
                            " bits, got " + std::to_string(*bad));
}

int64_t integer_root(int64_t x) {
  auto root = static_cast<int64_t>(std::sqrt(static_cast<double>(x)));
  while (root * root > x) --root;
  while ((root + 1) * (root + 1) <= x) ++root;
  return root;
}

}  // namespace fusesim::hw
