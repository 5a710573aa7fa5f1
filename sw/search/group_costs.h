#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/search/exact.h"
#include "op_bits.h"
#include "set_table.h"

namespace fusesim {

/// Remembers what groups cost at one scheme and buffer size.
class GroupCosts {
 public:
  GroupCosts(const Graph& graph, Scheme scheme, const Config& config);

  /// group_bytes of a legal group.
  int64_t bytes(const Group& group);
  /// bytes() of every op alone. Throws Error naming the first op that is not valid.
  std::vector<int64_t> single_bytes();
  /// Bytes of the groups of a plan that run under the scheme itself: LBDF leaves out opaque ops and ops that
  /// run alone as BRR groups.
  int64_t fusable_bytes(const Plan& plan);
  /// Groups evaluated so far, each once.
  int64_t evaluated() const { return static_cast<int64_t>(known_.size()); }

 private:
  const Graph& graph_;
  Scheme scheme_;
  int64_t buffer_bytes_;
  CostModel cost_;
  SetTable groups_;
  std::vector<int64_t> known_;
  std::vector<uint64_t> words_;
};

}  // namespace fusesim
