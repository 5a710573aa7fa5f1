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
  /// That a proof will look at, about.
  int64_t labels_of_proof() const;
  /// The centre's duals may prove more than is proven.
  bool is_unproven() const;
  /// Of the first way.
  const PriceFloor& prices() const { return ways_.front()->prices(); }
  /// The order of the sweeps.
  const std::vector<OpId>& order() const { return order_; }
  /// One master and its sweeps, or one proof. False if it is told to stop or done; not called again once it
  /// is done.
  bool iterate(const std::function<bool()>& stop);
  /// A bound near the sum of the centre's duals, which are lowered for that where groups gain; iterate()
  /// proves now and then, and does not go on with it where much is to be lowered. Nothing if it is told to
  /// stop before.
  void prove(const std::function<bool()>& stop);
  /// Its sweeps leave out no labels any more but those of haste: what they can find quickly is found.
  bool is_thorough() const;
  /// What is left to prove is next to nothing.
  bool is_nearly_done() const;
  /// There is nothing left to prove.
  bool is_done() const { return is_done_; }
  /// One sweep of a beam of labels under other duals, which proves nothing: groups of two or more ops that
  /// fit by the floor and have a reduced value below `slack`, at most `keep` of those that are last at an op.
  std::vector<Group> priced(const std::vector<int64_t>& duals, int64_t slack, size_t keep,
                            const std::function<bool()>& stop);
  /// Duals under which no group that was met comes to less than the sum of its ops', as far as is known.
  const std::vector<int64_t>& centre() const { return centre_; }
  /// All groups of two or more ops that fit by the floor of those that were met.
  const std::set<Group>& met() const { return met_; }

 private:
  /// Of one way: how many calls of price() pass until it is swept again, and what its last sweep cost and
  /// brought.
  struct Turn {
    int wait = 0;
    double labels = 1.0;
    double groups = 0.0;
  };

  /// Of the ways, under the centre's duals.
  struct Proof {
    std::vector<std::vector<int64_t>> least;  ///< Priced::least_reduced
    std::vector<bool> is_clear;               ///< nothing was found
  };

  PricingOptions options(const std::function<bool()>& stop) const;
  Priced price(const std::vector<int64_t>& duals, const PricingOptions& options);
  void take_turns(const std::vector<bool>& was_swept);
  bool learn(std::vector<PricedSet>& sets, const std::vector<double>& exact);
  bool explore(const std::function<bool()>& stop);
  bool is_proof_due() const;
  bool clear_ways(const PricingOptions& options, Proof& proof);
  void prove_while(double most_gain, const std::function<bool()>& stop);
  void finish_proof();
  int64_t floor_of(const Group& group, size_t first_way = 0);
  void trim();
  bool fits(const Master::Share& share);
  bool solution_fits();
  bool refine(bool found);
  bool sharpen();

  std::vector<OpId> order_;
  std::vector<std::unique_ptr<PricingWay>> ways_;
  std::vector<int64_t> single_values_;
  std::vector<Turn> turns_;                ///< per way
  std::map<Group, int64_t> floor_values_;  ///< of what was asked; kNeverFits if a group fits in no way
  Master master_;
  std::set<Group> met_;  ///< all groups that fit by the floor
  std::vector<int64_t> centre_;
  int64_t lower_bound_ = 0;
  double smoothing_;
  size_t phase_ = 0;
  int sweeps_ = 0;             ///< of the phase
  bool all_swept_ = false;     ///< the last price(): all ways
  bool was_complete_ = false;  ///< the last price(): all ways, and no label left out
  int64_t labels_ = 0;
  int64_t explored_labels_ = 0;  ///< since the last proof
  int64_t proof_labels_ = 0;     ///< of the last proof, as far as it came
  int64_t proven_sum_ = 0;       ///< of the centre's duals at the end of the last proof
  bool is_done_ = false;
};

}  // namespace fusesim
