#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fusesim/cost/group_cost.h"
#include "fusesim/cost/work_floor.h"

namespace fusesim {

/// What a byte, a cycle and a picojoule count in a sum. None is negative.
struct Weights {
  double byte = 0.0;
  double cycle = 0.0;
  double pj = 0.0;
};

/// What a search minimises: the sum over the groups of a plan of a value of each. It also says which of a
/// group's schedules is taken: the one of least value. Immutable, shared by all threads.
class Objective : public CostRank {
 public:
  virtual const char* name() const = 0;
  /// Of one group; from 0 to kNeverFits - 1.
  virtual int64_t value(const GroupCost& cost) const = 0;
  /// No groups whose costs add up to this floor or more have less value together. Does not fall as the floor
  /// rises. Searches add it to values of other groups, so it must hold for a part of the floor as well.
  virtual int64_t lower_bound(const CostFloor& floor) const = 0;
  /// No value is below this sum of the cost's bytes, cycles and picojoules.
  virtual Weights least_weights() const = 0;
  /// Ties go to less traffic, then less time, then less energy.
  size_t pick(const std::vector<GroupCost>& front) const override;
};

/// F_D: bytes that cross the DRAM pins.
const Objective& dram_objective();
/// The same, except that a group takes the fastest of its schedules that move no more than 1 + slack times
/// its least traffic.
std::unique_ptr<Objective> dram_objective_with_slack(double slack);
/// F_T: accelerator cycles.
const Objective& cycles_objective();
/// F_E: picojoule.
const Objective& energy_objective();
/// What weights are scaled to where only their ratio counts, so that rounding a group's value up shows
/// nowhere.
inline constexpr double kWeightScale = 1e12;
/// byte * F_D + cycle * F_T + pj * F_E, rounded up.
std::unique_ptr<Objective> weighted_objective(const Weights& weights);
/// Time and energy, each weighed so that a plan of so many cycles and so much energy has as much of both:
/// around that plan the sum falls where the product does.
std::unique_ptr<Objective> balanced_objective(int64_t cycles, int64_t energy_pj);
/// All objectives that are sums, in the order in which they are listed.
const std::vector<const Objective*>& objectives();

/// Figures of a plan that a front may be of.
enum class Figure : uint8_t { dram, cycles, energy, buffer };
const std::vector<Figure>& figures();
const char* to_string(Figure figure);

/// What a user may ask for: the sums, and products of sums, which searches reach through weighted sums.
enum class Goal : uint8_t { dram, cycles, energy, edp };
const std::vector<Goal>& goals();
const char* to_string(Goal goal);
/// Both throw std::logic_error for a goal that is no sum.
const Objective& objective_of(Goal goal);
Weights weights_of(Goal goal);

}  // namespace fusesim
