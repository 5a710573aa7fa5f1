#include "count_checks.h"

#include <string>

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

/// Elements that all ops read, make and hold, each operand counted, in all images: of at most 16 bytes
/// each, 2^54 bytes.
constexpr int64_t kMostElements = int64_t{1} << 50;
/// Multiply-accumulates of all ops in all images.
constexpr int64_t kMostMacs = int64_t{1} << 62;

int64_t elements_of(const Graph& graph, const Op& op) {
  constexpr const char* kWhat = "elements of its operands";
  int64_t elements = checked_add(op.weights, op.biases, kWhat);
  for (const TensorId t : op.inputs)
    elements = checked_add(elements, graph.tensor(t).shape.elements(), kWhat);
  for (const TensorId t : op.outputs)
    elements = checked_add(elements, graph.tensor(t).shape.elements(), kWhat);
  return checked_mul(elements, graph.batch, kWhat);
}

/// Source rows and columns are found as fractions of 4 times the product of both sizes.
void check_resize(const Graph& graph, const Op& op) {
  if (is_opaque(op) || op_facts(op).rows != RowUse::resized) return;
  constexpr int64_t kMost = int64_t{1} << 60;
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  if (in.h * out.h > kMost || in.w * out.w > kMost)
    throw RangeError("source rows and columns: expected sizes whose product is at most 2^60, got more");
}

int64_t macs_of(const Graph& graph, const Op& op) {
  constexpr const char* kWhat = "multiply-accumulates";
  const int64_t macs = is_opaque(op) ? op.opaque_macs : mac_count(graph, op);
  return checked_mul(macs, graph.batch, kWhat);
}

}  // namespace

void check_counts(const Graph& graph) {
  int64_t elements = 0;
  int64_t macs = 0;
  for (const Op& op : graph.ops) {
    named([&op] { return "op '" + op.name + "'"; },
          [&] {
            check_resize(graph, op);
            elements = checked_add(elements, elements_of(graph, op), "elements of all operands up to here");
            macs = checked_add(macs, macs_of(graph, op), "multiply-accumulates up to here");
            if (elements > kMostElements)
              throw RangeError("elements of all operands up to here: expected at most 2^50, got more");
            if (macs > kMostMacs)
              throw RangeError("multiply-accumulates up to here: expected at most 2^62, got more");
          });
  }
}

}  // namespace fusesim
