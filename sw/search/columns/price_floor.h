#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "fusesim/cost/storage_floor.h"
#include "fusesim/cost/traffic_floor.h"
#include "fusesim/cost/work_floor.h"
#include "fusesim/search/search_problem.h"

namespace fusesim {

/// The relaxation of a group of two or more ops that runs in one of its scheme's ways: what it comes to at
/// least, in values of the objective, and what it occupies at least. Both add up over ops and tensors, so
/// that a sweep can carry them along.
class PriceFloor {
 public:
  /// `storage`: of that way; the others of the problem.
  PriceFloor(const SearchProblem& problem, StorageFloor storage, const TrafficFloor& floor,
             const WorkFloor& work);

  const Graph& graph() const { return graph_; }
  const StorageFloor& storage_floor() const { return storage_; }
  int64_t buffer_bytes() const { return buffer_bytes_; }
  /// Of an op in every group.
  int64_t op_value(OpId op) const { return op_value_[static_cast<size_t>(op)]; }
  /// Of a tensor that comes from outside whole, and of what one reader streams of it in slices.
  int64_t fetch_value(TensorId tensor) const { return fetch_value_[static_cast<size_t>(tensor)]; }
  int64_t stream_value(OpId reader, TensorId tensor) const;
  /// The least of any reader.
  int64_t least_stream_value(TensorId tensor) const {
    return least_stream_value_[static_cast<size_t>(tensor)];
  }
  /// Of a tensor that leaves.
  int64_t store_value(TensorId tensor) const { return store_value_[static_cast<size_t>(tensor)]; }

  /// Of one group, quickly: no more than it comes to in this way.
  int64_t value(const Group& group) const;
  /// And kNeverFits if its ops alone do not fit.
  int64_t least_value(const Group& group) const;

 private:
  const Graph& graph_;
  StorageFloor storage_;
  int64_t buffer_bytes_;
  std::vector<int64_t> op_value_;
  std::vector<int64_t> fetch_value_;
  std::vector<int64_t> store_value_;
  std::vector<int64_t> least_stream_value_;
  std::vector<std::vector<std::pair<TensorId, int64_t>>> stream_value_;  ///< per op
};

/// One for each way in which groups run under the scheme. A legal group that fits has a value of at least
/// that of one of them, and occupies less than the buffer size by it.
std::vector<PriceFloor> price_floors(const SearchProblem& problem);

}  // namespace fusesim
