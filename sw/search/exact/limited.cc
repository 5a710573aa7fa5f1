#include <algorithm>
#include <utility>

#include "exact/half_planes.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

/// A price rises by this factor until its limit holds; then the interval is halved so often.
constexpr double kRise = 4.0;
constexpr int kMostRises = 24;
constexpr int kHalvings = 12;
/// The sum that stands for a product is turned to the plan that it found so often.
constexpr int kTurns = 3;

double goal_value(Goal goal, const PlanCost& cost) {
  switch (goal) {
    case Goal::dram:
      return static_cast<double>(cost.dram_bytes);
    case Goal::cycles:
      return static_cast<double>(cost.cycles);
    case Goal::energy:
      return static_cast<double>(cost.energy_pj);
    case Goal::edp:
      return cost.edp();
  }
  return 0.0;
}

double sum(const Weights& w, const PlanCost& cost) {
  return w.byte * static_cast<double>(cost.dram_bytes) + w.cycle * static_cast<double>(cost.cycles) +
         w.pj * static_cast<double>(cost.energy_pj);
}

Weights tangent_at(const PlanCost& cost) {
  return {0.0, static_cast<double>(cost.energy_pj), static_cast<double>(cost.cycles)};
}

class LimitedSearch {
 public:
  LimitedSearch(ExactSearch& search, Goal goal, const Limits& limits, const ExactSearch::ProgressFn& progress)
      : search_(search),
        goal_(goal),
        limits_(limits),
        progress_(progress),
        unfused_(search.unfused(cycles_objective()).cost) {}

  LimitedResult run() {
    if (goal_ != Goal::edp) {
      raise_price(weights_of(goal_));
    } else {
      look({0.0, 1.0, 0.0}, 0.0);
      look({0.0, 0.0, 1.0}, 0.0);
      raise_price(tangent_at(unfused_));
      for (int i = 0; i < kTurns && result_.found; ++i) raise_price(tangent_at(result_.best.cost));
      result_.lower_bound = least_corner(planes_).product();
    }
    result_.lower_bound = std::min(result_.lower_bound, result_.value);
    result_.optimal = result_.found && result_.lower_bound >= result_.value * (1.0 - kProductTolerance);
    return std::move(result_);
  }

 private:
  /// The least price at which the limits hold.
  void raise_price(const Weights& weights) {
    if (look(weights, 0.0)) return;
    double low = 0.0;
    double high = 1.0 / 16.0;
    bool holds = look(weights, high);
    for (int i = 0; i < kMostRises && !holds && !result_.stopped; ++i) {
      low = high;
      high *= kRise;
      holds = look(weights, high);
    }
    for (int i = 0; i < kHalvings && holds && !result_.stopped; ++i) {
      const double middle = 0.5 * (low + high);
      (look(weights, middle) ? high : low) = middle;
    }
  }

  /// Least sum where each limited figure costs `price` times the sum of every op alone, in all, at its limit.
  /// Whether the plan keeps the limits. A plan that keeps them pays no more than that for each, which is what
  /// the bound of the sum may fall by.
  bool look(const Weights& weights, double price) {
    const double level = price * sum(weights, unfused_);
    Weights priced = weights;
    double paid = 0.0;
    if (limits_.dram_bytes) {
      priced.byte += level / static_cast<double>(*limits_.dram_bytes);
      paid += level;
    }
    if (limits_.cycles) {
      priced.cycle += level / static_cast<double>(*limits_.cycles);
      paid += level;
    }
    const double scale = kWeightScale / std::max(1.0, sum(priced, unfused_));
    const std::shared_ptr<const Objective> objective =
        weighted_objective({priced.byte * scale, priced.cycle * scale, priced.pj * scale});
    SearchResult found = search_.least(*objective, progress_);
    result_.stopped = result_.stopped || found.stopped;
    const double bound = static_cast<double>(found.lower_bound) / scale * (1.0 - kProductTolerance) - paid;
    if (goal_ == Goal::edp) {
      planes_.push_back({weights.pj, weights.cycle, bound});
    } else {
      result_.lower_bound = std::max(result_.lower_bound, bound);
    }
    if (!limits_.hold(found.cost)) return false;
    const double value = goal_value(goal_, found.cost);
    if (result_.found && value >= result_.value) return true;
    result_.found = true;
    result_.value = value;
    result_.best = std::move(found);
    result_.objective = objective;
    return true;
  }

  ExactSearch& search_;
  Goal goal_;
  Limits limits_;
  const ExactSearch::ProgressFn& progress_;
  PlanCost unfused_;
  std::vector<HalfPlane> planes_;
  LimitedResult result_;
};

}  // namespace

LimitedResult ExactSearch::least_within(Goal goal, const Limits& limits, const ProgressFn& progress) {
  return LimitedSearch(*this, goal, limits, progress).run();
}

}  // namespace fusesim
