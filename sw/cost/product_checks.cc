#include "product_checks.h"

#include <algorithm>
#include <string>

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"
#include "time/op_time.h"

namespace fusesim {
namespace {

constexpr int64_t kMost = int64_t{1} << 61;
/// 16 bytes of an element, with room twice.
constexpr int64_t kElementBytes = 32;
/// Four operands of 128 bits for each product.
constexpr int64_t kAccessBits = 512;

struct Largest {
  int64_t rows = 1;
  int64_t channels = 1;
};

Largest largest_of(const Graph& graph) {
  Largest largest;
  for (const Tensor& tensor : graph.tensors) {
    largest.rows = std::max(largest.rows, tensor.shape.h);
    largest.channels = std::max(largest.channels, tensor.shape.c);
  }
  return largest;
}

int64_t elements_of(const Graph& graph, const Op& op) {
  int64_t elements = op.weights + op.biases;
  for (const TensorId t : op.inputs) elements += graph.tensor(t).shape.elements();
  for (const TensorId t : op.outputs) elements += graph.tensor(t).shape.elements();
  return elements;  // Graph::finish: below 2^50
}

void require(bool holds, const char* what) {
  if (!holds)
    throw RangeError(std::string(what) + ": expected at most 2^61 in the worst of schedules, got more");
}

/// Of all rows of an op that the array works on, at once.
int64_t products_of(const Graph& graph, const Op& op) {
  constexpr const char* kWhat = "products";
  const ArrayBlock block = array_block(graph, op, graph.out_shape(op).h);
  const int64_t outputs = checked_mul(block.end_output - block.first_output, block.positions, kWhat);
  return checked_mul(outputs, checked_mul(block.taps, block.inputs, kWhat), kWhat);
}

void check_array(const Graph& graph, const Op& op, const CostParams& params, const Largest& largest) {
  const int64_t products = products_of(graph, op);
  const int64_t step = 2 + params.machine.weight_load_cycles;
  require(checked_mul(products, std::max(kAccessBits, step), "cycles of the array") <= kMost,
          "cycles of the array");
  const int64_t blocks = graph.in_shape(op).c * graph.out_shape(op).c;
  require(checked_mul(blocks, largest.rows, "blocks of the array") <= kMost, "blocks of the array");
}

}  // namespace

void check_products(const Graph& graph, const CostParams& params) {
  const Largest largest = largest_of(graph);
  const int64_t times = std::max(largest.rows, largest.channels);
  int64_t bytes = 0;
  for (const Op& op : graph.ops) {
    named([&op] { return "op '" + op.name + "'"; },
          [&] {
            constexpr const char* kBytes = "bytes moved up to here";
            const int64_t once = checked_mul(kElementBytes, elements_of(graph, op), kBytes);
            bytes = checked_add(bytes, checked_mul(once, times, kBytes), kBytes);
            require(bytes <= kMost, kBytes);
            if (!is_opaque(op) && op_facts(op).unit == Unit::pe_array)
              check_array(graph, op, params, largest);
          });
  }
}

}  // namespace fusesim
