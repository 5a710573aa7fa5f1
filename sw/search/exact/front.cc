#include <algorithm>
#include <stdexcept>

#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

/// A plan is below a chord only by more than the rounding of sums.
constexpr double kTolerance = 1e-9;

/// The hull of two figures between the plans that have the least of each.
class SupportedFront {
 public:
  SupportedFront(ExactSearch& search, Figure first, Figure second, const ExactSearch::ProgressFn& progress)
      : search_(search), first_(first), second_(second), progress_(progress) {}

  std::vector<SearchResult> run() {
    const PlanCost unfused = search_.unfused(cycles_objective()).cost;
    first_unit_ = static_cast<double>(std::max<int64_t>(1, figure_of(unfused, first_)));
    second_unit_ = static_cast<double>(std::max<int64_t>(1, figure_of(unfused, second_)));
    // The other figure decides among equals.
    const SearchResult left = solve(1.0, kTolerance);
    const SearchResult right = solve(kTolerance, 1.0);
    found_.push_back(left);
    if (x(right) != x(left) || y(right) != y(left)) {
      found_.push_back(right);
      between(left, right);
    }
    std::sort(found_.begin(), found_.end(),
              [this](const SearchResult& a, const SearchResult& b) { return x(a) < x(b); });
    return std::move(found_);
  }

 private:
  double x(const SearchResult& r) const {
    return static_cast<double>(figure_of(r.cost, first_)) / first_unit_;
  }
  double y(const SearchResult& r) const {
    return static_cast<double>(figure_of(r.cost, second_)) / second_unit_;
  }

  SearchResult solve(double weight_x, double weight_y) {
    Weights weights;
    const auto add = [&weights](Figure figure, double weight) {
      switch (figure) {
        case Figure::dram:
          weights.byte += weight;
          return;
        case Figure::cycles:
          weights.cycle += weight;
          return;
        case Figure::energy:
          weights.pj += weight;
          return;
        case Figure::buffer:
          break;
      }
      throw std::logic_error("a peak is no sum");
    };
    add(first_, kWeightScale * weight_x / first_unit_);
    add(second_, kWeightScale * weight_y / second_unit_);
    return search_.least(*weighted_objective(weights), progress_);
  }

  void between(const SearchResult& left, const SearchResult& right) {
    const double weight_x = y(left) - y(right);
    const double weight_y = x(right) - x(left);
    if (weight_x <= 0 || weight_y <= 0 || found_.size() >= ExactSearch::kMostSupported || left.stopped ||
        right.stopped)
      return;
    const double scale = 1.0 / (weight_x + weight_y);
    const SearchResult middle = solve(weight_x * scale, weight_y * scale);
    const double chord = weight_x * x(left) + weight_y * y(left);
    if (weight_x * x(middle) + weight_y * y(middle) >= chord * (1.0 - kTolerance)) return;
    found_.push_back(middle);
    between(left, middle);
    between(middle, right);
  }

  ExactSearch& search_;
  Figure first_, second_;
  const ExactSearch::ProgressFn& progress_;
  double first_unit_ = 1.0, second_unit_ = 1.0;
  std::vector<SearchResult> found_;
};

}  // namespace

int64_t figure_of(const PlanCost& cost, Figure figure) {
  switch (figure) {
    case Figure::dram:
      return cost.dram_bytes;
    case Figure::cycles:
      return cost.cycles;
    case Figure::energy:
      return cost.energy_pj;
    case Figure::buffer:
      return cost.peak_buffer_bytes;
  }
  return 0;
}

std::vector<SearchResult> ExactSearch::supported_front(Figure first, Figure second,
                                                       const ProgressFn& progress) {
  return SupportedFront(*this, first, second, progress).run();
}

}  // namespace fusesim
