#include "columns/nearest_duals.h"

#include <algorithm>
#include <cmath>

namespace fusesim {
namespace {

/// A dual of 0 may change as if it were so much of the mean.
constexpr double kLeastWeight = 0.01;
/// It ends once no correction comes to so much of the mean dual, or after so many rounds or ops of groups.
constexpr double kTolerance = 0.01;
constexpr int kMostRounds = 1000;
constexpr size_t kMostSteps = 50'000'000;

/// One condition: the sum over some ops is at most, or at least, a number.
struct Condition {
  double weight = 0.0;      ///< sum of its ops'
  double multiplier = 0.0;  ///< how much it has moved the duals so far, 0 or more
};

class Projection {
 public:
  Projection(const std::vector<int64_t>& centre, double level, const std::vector<PricedGroup>& groups)
      : duals_(centre.begin(), centre.end()), level_(level), groups_(groups) {
    for (const double dual : duals_) mean_ += std::abs(dual) / static_cast<double>(duals_.size());
    mean_ = std::max(1.0, mean_);
    for (const double dual : duals_) {
      weights_.push_back(std::abs(dual) / mean_ + kLeastWeight);
      whole_.weight += weights_.back();
      sum_ += dual;
    }
    for (const PricedGroup& group : groups_) {
      double weight = 0.0;
      for (const OpId op : group.group) weight += weights_[static_cast<size_t>(op)];
      conditions_.push_back({weight});
      steps_ += group.group.size();
    }
  }

  std::vector<double> run() {
    const size_t most = std::min<size_t>(kMostRounds, 1 + kMostSteps / std::max<size_t>(1, steps_));
    for (size_t round = 0; round < most; ++round) {
      largest_ = 0.0;
      raise();
      for (size_t g = 0; g < groups_.size(); ++g) lower(groups_[g], conditions_[g]);
      if (largest_ < kTolerance * mean_) break;
    }
    return std::move(duals_);
  }

 private:
  /// All duals, to the level.
  void raise() {
    const double step = std::max(-whole_.multiplier, (level_ - sum_) / whole_.weight);
    whole_.multiplier += step;
    for (size_t o = 0; o < duals_.size(); ++o) duals_[o] += step * weights_[o];
    sum_ += step * whole_.weight;
    largest_ = std::abs(step) * whole_.weight;
  }

  /// Those of a group, to its value; or back, as far as it lowered them.
  void lower(const PricedGroup& group, Condition& condition) {
    double over = -static_cast<double>(group.value);
    for (const OpId op : group.group) over += duals_[static_cast<size_t>(op)];
    const double step = std::max(-condition.multiplier, over / condition.weight);
    if (step == 0.0) return;
    condition.multiplier += step;
    for (const OpId op : group.group)
      duals_[static_cast<size_t>(op)] -= step * weights_[static_cast<size_t>(op)];
    sum_ -= step * condition.weight;
    largest_ = std::max(largest_, std::abs(step) * condition.weight);
  }

  std::vector<double> duals_;
  double level_;
  const std::vector<PricedGroup>& groups_;
  double mean_ = 0.0;  ///< of the centre
  std::vector<double> weights_;
  std::vector<Condition> conditions_;  ///< per group
  Condition whole_;
  double sum_ = 0.0;      ///< of the duals
  double largest_ = 0.0;  ///< correction of a round
  size_t steps_ = 0;      ///< of a round
};

}  // namespace

std::vector<double> nearest_duals(const std::vector<int64_t>& centre, double level,
                                  const std::vector<PricedGroup>& groups) {
  return Projection(centre, level, groups).run();
}

}  // namespace fusesim
