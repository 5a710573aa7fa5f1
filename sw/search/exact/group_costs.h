#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "exact/set_table.h"
#include "fusesim/search/search_problem.h"
#include "op_bits.h"

namespace fusesim {

/// Remembers what the groups of a plan cost.
class GroupCosts {
 public:
  explicit GroupCosts(const SearchProblem& problem);

  /// Of a legal group; nothing if it is not valid.
  const std::optional<GroupCost>& cost(const Group& group);
  /// cost() of every op alone. Throws Error naming the first op that is not valid.
  std::vector<GroupCost> single_costs();
  /// Bytes of the groups of a plan that run under the scheme itself.
  int64_t fusable_bytes(const Plan& plan);
  int64_t network_bytes(const Plan& plan);
  /// Groups evaluated so far, each once.
  int64_t evaluated() const { return static_cast<int64_t>(known_.size()); }

 private:
  const Graph& graph_;
  PlanGroupModel model_;
  SetTable groups_;
  std::vector<std::optional<GroupCost>> known_;
  std::vector<uint64_t> words_;
};

}  // namespace fusesim
