#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "exact/set_table.h"
#include "fusesim/search/search_problem.h"
#include "op_bits.h"

namespace fusesim {

/// Remembers what the groups of plans cost: for each all that an objective may choose from, so that no
/// objective asks a second time.
class GroupCosts {
 public:
  /// `abandon` is asked before a group is evaluated: SearchProblem::abandon.
  GroupCosts(const Graph& graph, const FusionScheme& scheme, const Config& config, StopFn abandon);

  /// Of a legal group under an objective; nothing if it is not valid.
  std::optional<GroupCost> cost(const Group& group, const Objective& objective);
  /// cost() of every op alone. Throws Error naming the first op that is not valid.
  std::vector<GroupCost> single_costs(const Objective& objective);
  bool is_fusable(const Group& group) { return model_.is_fusable(group); }
  /// Groups evaluated so far, each once.
  int64_t evaluated() const { return static_cast<int64_t>(known_.size()); }

 private:
  struct Figures {
    std::optional<std::optional<GroupCost>> least_traffic;
    std::optional<std::vector<GroupCost>> front;
  };

  const Graph& graph_;
  PlanGroupModel model_;
  StopFn abandon_;
  SetTable groups_;
  std::vector<Figures> known_;
  std::vector<uint64_t> words_;  ///< all 0 between calls
};

}  // namespace fusesim
