#pragma once

#include <cstdint>
#include <vector>

#include "group_view.h"

namespace fusesim::cost {

/// Ring sizes of line-buffer depth-first fusion by the demand-driven schedule of README.md.
class LbdfRings {
 public:
  /// Computes rows(); indices are those of the view.
  void run(const GroupView& view);
  /// Rows of every local tensor; 0: works in place, owns no ring.
  const std::vector<int64_t>& rows() const { return rows_; }

 private:
  void advance(int tensor);
  void note(int tensor);
  int64_t low(int tensor) const;
  int next_outgoing() const;

  const GroupView* view_ = nullptr;
  std::vector<int64_t> made_;      ///< p
  std::vector<int64_t> released_;  ///< f
  std::vector<int64_t> rows_;
  std::vector<int> outgoing_;
};

/// True if the tensor's producer leaves its rows to the activation that alone reads them.
bool works_in_place(const GroupView& view, int tensor);
/// Bytes of one ring row. A GlobalAvgPool accumulates its row in partial sums.
int64_t ring_row_bytes(const GroupView& view, int tensor, const Datatypes& types);

}  // namespace fusesim::cost
