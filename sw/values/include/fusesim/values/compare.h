#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

namespace fusesim {

/// Elements of a tensor that was stored, index (c * H + y) * W + x.
struct StoredValues {
  TensorId tensor = -1;
  std::vector<Value> values;
};

/// How two runs of a network agree.
struct ValueComparison {
  int64_t tensors = 0;
  int64_t elements = 0;
  int64_t different = 0;
  /// One line for every tensor that differs, in the order of the network: the op that makes it, channel, row
  /// and column of the first element, and how many differ.
  std::vector<std::string> differences;
  int64_t parameter_ops = 0;  ///< ops that have weights or biases
  int64_t filed_ops = 0;      ///< of them those whose numbers are the file's; of the others they are drawn
};
/// Tensors that were not stored differ in every element.
ValueComparison compare_values(const Graph& graph, const std::vector<StoredValues>& expected,
                               const std::vector<StoredValues>& got);

}  // namespace fusesim
