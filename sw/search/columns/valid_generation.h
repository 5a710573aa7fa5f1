#pragma once

#include <functional>
#include <set>
#include <vector>

#include "columns/column_generation.h"
#include "columns/group_choice.h"
#include "columns/master.h"
#include "columns/valid_groups.h"
#include "fusesim/base/stop.h"

namespace fusesim {

/// Groups of two or more ops at most, and ops of these in all.
struct GroupLimits {
  size_t groups = 0;
  size_t ops = 0;
};

struct GroupPool {
  std::vector<PricedGroup> groups;
  bool has_more = false;  ///< some were left out
};

/// Column generation over valid groups alone, which is what plans are made of. Sweeps find sets that fit by
/// the floor; those that do not fit by the cost model are shrunk until they do. It proves nothing: where it
/// ends, other valid groups may still lower the linear programme.
class ValidGeneration {
 public:
  /// `generation` lends its sweeps and its groups. All outlive it.
  ValidGeneration(ValidGroups& valid, ColumnGeneration& generation,
                  const std::vector<int64_t>& single_values);

  /// A valid group becomes known.
  void add(const Group& group);
  /// Begins anew around the duals of the best bound, with the best groups that `generation` has met since.
  void begin(const StopFn& stop);
  /// One linear programme and one sweep. False once these find next to nothing.
  bool iterate(const StopFn& stop);
  /// Of the linear programme over the known groups.
  double value();
  /// The known groups, every op alone among them, of a reduced value of at most `slack` in the linear
  /// programme, the best first.
  GroupPool promising(double slack, const GroupLimits& limits);

 private:
  void trim();
  void add_near(std::vector<Group> groups, const std::vector<double>& worth);
  size_t enter_gains(const std::vector<double>& duals);

  ValidGroups& valid_;
  ColumnGeneration& generation_;
  const std::vector<int64_t>& single_values_;
  Master master_;                  ///< over some of the known groups
  std::vector<PricedGroup> pool_;  ///< all known groups
  std::set<Group> known_;          ///< the same
  std::set<Group> seen_;           ///< sets that were shrunk
  std::vector<int64_t> centre_;    ///< duals to stay near to
  double smoothing_ = 0.0;         ///< the weight of these
  size_t groups_per_op_ = 0;       ///< that a sweep finds
};

}  // namespace fusesim
