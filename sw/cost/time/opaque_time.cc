#include "time/opaque_time.h"

#include <algorithm>
#include <cmath>

#include "fusesim/base/ceil_div.h"
#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"
#include "time/dram_time.h"

namespace fusesim {
namespace {

constexpr int64_t kRowsPerTransfer = 16;

}  // namespace

GroupTime opaque_time(const Graph& graph, const Op& op, const CostParams& params) {
  const DramTime dram(params.machine);
  const Datatypes& types = params.datatypes;
  GroupTime time;
  double cycles = 0;
  const int64_t weights = weight_bytes(op, types);
  if (weights > 0) {
    dram.add_reads({1, weights, weights}, 1, time.spent);
    cycles += dram.transfer_cycles({1, weights, weights});
  }
  std::vector<TensorId> inputs = op.inputs;
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  for (const TensorId t : inputs) {
    const Shape& shape = graph.tensor(t).shape;
    const int64_t row = shape.c * piece_bytes(graph.tensor(t), shape.w, types);
    dram.add_reads({shape.h, row, row}, 1, time.spent);
    for (int64_t y = 0; y < shape.h; y += kRowsPerTransfer)
      cycles += dram.transfer_cycles({std::min(kRowsPerTransfer, shape.h - y), row, row});
  }
  const int64_t lanes = params.machine.vector_unit.lanes;
  for (const TensorId t : op.outputs) {
    const Tensor& tensor = graph.tensor(t);
    if (tensor.consumers.empty() && !tensor.graph_output) continue;
    const int64_t elements = tensor.shape.elements();
    const int64_t unit_cycles = ceil_div(elements, lanes);
    time.spent.add_vector({unit_cycles, unit_cycles, 0, 0}, elements);
    cycles += static_cast<double>(unit_cycles);
    const int64_t row = tensor.shape.c * piece_bytes(tensor, tensor.shape.w, types);
    dram.add_writes({tensor.shape.h, row, row}, 1, time.spent);
    cycles += static_cast<double>(tensor.shape.h) * dram.transfer_cycles({1, row, row});
  }
  time.cycles = checked_round(cycles, "cycles");
  return time;
}

}  // namespace fusesim
