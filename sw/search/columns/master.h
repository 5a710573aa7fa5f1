#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "columns/priced_group.h"

namespace fusesim {

/// The linear programme over known groups: each op in exactly one, least sum of values.
class Master {
 public:
  struct Share {
    Group group;
    int64_t value = 0;
    double share = 0.0;    ///< of the group in the solution
    double reduced = 0.0;  ///< value less the duals of its ops
  };

  /// Begins with every op alone.
  explicit Master(const std::vector<int64_t>& single_values);
  ~Master();

  /// False if it is known.
  bool add(const Group& group, int64_t value);
  bool knows(const Group& group) const { return known_.count(group) > 0; }
  size_t size() const { return known_.size(); }
  /// Forgets groups of two or more ops, by what the last solution says of them.
  void remove_if(const std::function<bool(const Share&)>& unwanted);
  /// Solves it. Values and duals are what floating point makes of them: good to search with, not to prove by.
  void solve();
  double value() const;
  /// Per op.
  std::vector<double> duals() const;
  /// Per op, rounded down: nearest to others such that no known group gains. Of the distance from value() to
  /// the others' sum `smoothing`, 0 to 1, is left. The last solution's own without smoothing, and where the
  /// others' sum is not below value().
  std::vector<int64_t> duals_near(const std::vector<int64_t>& centre, double smoothing) const;
  /// Every known group in the last solution.
  std::vector<Share> shares() const;

 private:
  class Programme;

  std::set<Group> known_;
  std::vector<PricedGroup> columns_;
  std::unique_ptr<Programme> programme_;
};

}  // namespace fusesim
