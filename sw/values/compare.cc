#include "fusesim/values/compare.h"

#include <algorithm>

namespace fusesim {
namespace {

const std::vector<Value>* find(const std::vector<StoredValues>& stored, TensorId tensor, int64_t elements) {
  const auto at = std::find_if(stored.begin(), stored.end(),
                               [tensor](const StoredValues& s) { return s.tensor == tensor; });
  const bool whole = at != stored.end() && static_cast<int64_t>(at->values.size()) == elements;
  return whole ? &at->values : nullptr;
}

std::string described(const Graph& graph, TensorId t, int64_t place, int expected, int got) {
  const Tensor& tensor = graph.tensor(t);
  const Shape& shape = tensor.shape;
  return "op " + std::to_string(tensor.producer) + " (" + graph.op(tensor.producer).name + "): channel " +
         std::to_string(place / (shape.h * shape.w)) + ", row " + std::to_string(place / shape.w % shape.h) +
         ", column " + std::to_string(place % shape.w) + ": value: expected " + std::to_string(expected) +
         ", got " + std::to_string(got);
}

void compare(const Graph& graph, const StoredValues& expected, const std::vector<Value>& got,
             ValueComparison& comparison) {
  int64_t count = 0;
  std::string line;
  for (size_t i = 0; i < expected.values.size(); ++i) {
    if (expected.values[i] == got[i]) continue;
    if (count++ == 0)
      line = described(graph, expected.tensor, static_cast<int64_t>(i), expected.values[i], got[i]);
  }
  if (count == 0) return;
  comparison.different += count;
  comparison.differences.push_back(line + "; " + std::to_string(count) + " of " + std::to_string(got.size()) +
                                   " elements differ");
}

}  // namespace

ValueComparison compare_values(const Graph& graph, const std::vector<StoredValues>& expected,
                               const std::vector<StoredValues>& got) {
  ValueComparison comparison;
  for (const StoredValues& e : expected) {
    const auto elements = static_cast<int64_t>(e.values.size());
    ++comparison.tensors;
    comparison.elements += elements;
    if (const std::vector<Value>* values = find(got, e.tensor, elements)) {
      compare(graph, e, *values, comparison);
      continue;
    }
    comparison.different += elements;
    comparison.differences.push_back("op " + std::to_string(graph.tensor(e.tensor).producer) + " (" +
                                     graph.tensor(e.tensor).name + "): its values are missing");
  }
  return comparison;
}

}  // namespace fusesim
