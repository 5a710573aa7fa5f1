#pragma once

#include <functional>
#include <vector>

#include "columns/circle_repair.h"
#include "columns/column_generation.h"
#include "columns/group_choice.h"
#include "columns/valid_generation.h"
#include "columns/valid_groups.h"
#include "fusesim/search/search_problem.h"

namespace fusesim {

/// A plan and its value.
struct ValuedPlan {
  Plan plan;
  int64_t value = 0;
};

/// When a search has to end.
struct Ending {
  StopFn stop;                           ///< asked often
  std::function<double()> seconds_left;  ///< of CPU time; infinite for any
  bool now() const { return stop() || seconds_left() <= 0.0; }
};

/// Plans from the groups that column generation met: generation over valid groups, the best choice of them by
/// an integer programme, made legal where it is none, and local search, whose groups may be chosen in turn.
class ColumnPlans {
 public:
  using FoundFn = std::function<void(const ValuedPlan&)>;

  /// `single_values`: of every op alone. All outlive it. `found` is told of every better plan.
  ColumnPlans(const SearchProblem& problem, const PriceFloor& floor,
              const std::vector<int64_t>& single_values, ColumnGeneration& generation, FoundFn found);

  /// A legal and valid plan.
  void offer(const Plan& plan, int64_t value);
  /// Local search from the best plan, or without it.
  void search_locally(int64_t proposals, bool anew, const Ending& ending);
  /// Generation, choice and local search, with the groups that the bound has met by now.
  void search(int64_t lower_bound, const Ending& ending);

 private:
  int64_t value_of(const Group& group);
  void generate(const Ending& ending);
  bool choose(const GroupLimits& from, const Ending& ending);

  const SearchProblem& problem_;
  const std::vector<int64_t>& single_values_;
  FoundFn found_;
  ValidGroups valid_;
  ValidGeneration generation_;
  CircleRepair repair_;
  ValuedPlan best_;
  std::vector<Plan> others_;  ///< that local search begins with, too
};

}  // namespace fusesim
