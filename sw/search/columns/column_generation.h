#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "columns/master.h"
#include "columns/pricing_ways.h"

namespace fusesim {

/// Column generation over the relaxation of PricingWay. At any moment it has a proven bound of the value of
/// all plans.
///
/// For any dual per op, every plan comes to at least the sum of the duals plus, per op, the least reduced
/// value of a group that is last there, where that is negative: a plan has one group at most that is last at
/// an op. Duals are whole numbers, so that nothing is lost in rounding.
class ColumnGeneration {
 public:
  /// `single_values`: of every op alone. The problem's parts outlive it.
  ColumnGeneration(const SearchProblem& problem, const std::vector<int64_t>& single_values);

  /// Its groups become known, and their values, shared among their ops, the duals to begin with.
  void begin_with(const Plan& plan);
  void add(const Group& group);
  int64_t lower_bound() const { return lower_bound_; }
  int64_t labels() const { return labels_; }
  /// Of the linear programme over the groups that are known: no bound, but what one will come near to.
  double master_value() const { return master_.value(); }
  /// Of the first way.
  const PriceFloor& prices() const { return ways_.front()->prices(); }
  /// The order of the sweeps.
  const std::vector<OpId>& order() const { return order_; }
  /// One master and one sweep. False if it is told to stop or done; not called again once it is done.
  bool iterate(const std::function<bool()>& stop);
  /// One sweep under the duals of the best bound so far, lowered where groups that were met would gain: after
  /// a few of them a sweep that leaves out no label proves a bound near their sum. It begins with sweeps that
  /// do leave out some. False once it is told to stop, or there is next to nothing left to lower.
  bool tighten(const std::function<bool()>& stop);
  /// There is nothing left to prove.
  bool is_done() const { return is_done_; }
  /// One sweep of a beam of labels under other duals, which proves nothing: groups of two or more ops that
  /// fit by the floor and have a reduced value below `slack`, at most `keep` of those that are last at an op.
  std::vector<Group> priced(const std::vector<int64_t>& duals, int64_t slack, size_t keep,
                            const std::function<bool()>& stop);
  /// Duals of the best bound so far.
  const std::vector<int64_t>& centre() const { return centre_; }
  /// All groups of two or more ops that fit by the floor of those that were met.
  const std::set<Group>& met() const { return met_; }

 private:
  int64_t bound_of(const std::vector<int64_t>& duals, const Priced& priced) const;
  Priced price(const std::vector<int64_t>& duals, const PricingOptions& options);
  int64_t floor_of(const Group& group);
  void lower(const std::vector<PricedSet>& sets);
  void trim();
  bool fits(const Master::Share& share);
  bool solution_fits();
  bool sharpen();
  bool refine(bool found, bool better);

  std::vector<OpId> order_;
  std::vector<std::unique_ptr<PricingWay>> ways_;
  std::vector<int64_t> single_values_;
  std::vector<int> idle_;                  ///< of each way: sweeps in turn that found nothing
  std::map<Group, int64_t> floor_values_;  ///< of what was asked; kNeverFits if a group fits in no way
  Master master_;
  std::set<Group> met_;  ///< all groups that fit by the floor
  std::vector<int64_t> centre_;
  int64_t centre_bound_ = 0;
  int64_t lower_bound_ = 0;
  double smoothing_;
  size_t phase_ = 0;
  bool was_complete_ = false;  ///< the last sweep
  int64_t labels_ = 0;
  std::vector<int64_t> tight_;  ///< duals of tighten(); empty until it begins
  bool tight_beam_ = true;      ///< its sweeps leave out labels
  int64_t tight_buckets_ = 0;
  bool is_done_ = false;
};

}  // namespace fusesim
