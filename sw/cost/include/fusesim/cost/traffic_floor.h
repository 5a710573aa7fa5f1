#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Bytes that cross the DRAM pins whatever the schedule of a group: what is known before any evaluation.
struct TrafficFloor {
  struct Fetch {
    TensorId tensor = -1;
    int64_t bytes = 0;  ///< least that a group with this reader fetches of the tensor
  };

  std::vector<int64_t> tensor_bytes;       ///< one transfer of the whole tensor, of every image
  std::vector<int64_t> least_fetch_bytes;  ///< per tensor: least that any group with any reader fetches of it
  std::vector<std::vector<Fetch>> fetches;  ///< per op, each distinct input once
  std::vector<int64_t> parameter_bytes;     ///< per op: all weights and biases once
  std::vector<int64_t> op_bytes;            ///< of those that ops share, an equal part of each
  std::vector<int64_t> op_extra_bytes;      ///< what an op adds to the above in every group, alone or not
};

/// Every tensor and every weight once: the floor of a scheme that fetches whole tensors.
TrafficFloor whole_tensor_floor(const Graph& graph, const Datatypes& datatypes);

}  // namespace fusesim
