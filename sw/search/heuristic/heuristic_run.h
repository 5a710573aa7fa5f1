#pragma once

#include <chrono>

#include "heuristic/plan_pricer.h"

namespace fusesim {

/// What all heuristics share: the budget, the random numbers, the best plan so far and its curve.
class HeuristicRun {
 public:
  HeuristicRun(const SearchProblem& problem, const HeuristicOptions& options);

  const SearchSpace& space() const { return pricer_.space(); }
  RandomSource& random() { return random_; }
  size_t population() const { return population_; }
  const std::vector<Figure>& front() const { return options_.front; }
  /// A plan with one random edit of the kinds that the options name; draws from random().
  Labels edited(const Labels& labels);
  /// Plans that may still be proposed, at most `wanted`; 0 once queries or CPU time are used up. The first
  /// step is always taken.
  size_t plans_left(size_t wanted) const;
  /// Prices one step of a search and books it on the budget; at most plans_left() proposals.
  std::vector<Candidate> price(std::vector<Labels> proposals);
  /// The first population: the plans of the options, then random ones.
  std::vector<Candidate> first_population();
  HeuristicResult result() const;

 private:
  bool is_used_up() const;
  void book(const Candidate& candidate);
  double cpu_seconds() const;
  double seconds() const;

  const HeuristicOptions& options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_start_;
  RandomSource random_;
  size_t population_;
  PlanPricer pricer_;
  HeuristicResult result_;
};

void search_at_random(HeuristicRun& run);
void search_locally(HeuristicRun& run);
/// Returns the last population's front.
std::vector<FrontPoint> search_nsga2(HeuristicRun& run);

}  // namespace fusesim
