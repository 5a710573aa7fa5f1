#include "columns/column_plans.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fusesim/search/heuristic.h"

namespace fusesim {
namespace {

/// Groups of two or more ops that integer programmes choose from: the first soon has a choice, if there is
/// one, after which fewer groups are of use to the second. So many ops of groups take it seconds.
constexpr GroupLimits kFewGroups = {3000, std::numeric_limits<size_t>::max()};
constexpr GroupLimits kManyGroups = {20'000, 300'000};
/// Integer programmes with cuts, and turns of generation, choice and local search.
constexpr int kMostCuts = 12;
constexpr int kTurns = 3;
/// Sweeps of one generation.
constexpr int kMostSweeps = 150;
/// Of the time that is left: what generation, one integer programme and local search may take.
constexpr double kGenerationShare = 0.6;
constexpr double kChoiceShare = 0.6;
constexpr double kLocalShare = 0.3;
constexpr int64_t kProposals = 5000;

/// Of the CPU time that is left; 0, which is any, if there is no limit.
double share_of(double share, double seconds) {
  constexpr double kLeast = 0.01;
  return std::isfinite(seconds) ? std::max(kLeast, share * seconds) : 0.0;
}

/// Seconds that are left once a share of them is used up.
double left_after(double share, const Ending& ending) {
  const double seconds = ending.seconds_left();
  return std::isfinite(seconds) ? (1.0 - share) * seconds : 0.0;
}

}  // namespace

ColumnPlans::ColumnPlans(const SearchProblem& problem, const PriceFloor& floor,
                         const std::vector<int64_t>& single_values, ColumnGeneration& generation,
                         FoundFn found)
    : problem_(problem),
      single_values_(single_values),
      found_(std::move(found)),
      valid_(problem, floor, generation.order()),
      generation_(valid_, generation, single_values),
      repair_(problem.graph) {}

void ColumnPlans::offer(const Plan& plan, int64_t value) {
  for (const Group& group : plan) generation_.add(group);
  if (!best_.plan.empty() && value >= best_.value) return;
  best_ = {plan, value};
  found_(best_);
}

int64_t ColumnPlans::value_of(const Group& group) {
  return group.size() == 1 ? single_values_[static_cast<size_t>(group.front())] : valid_.value(group);
}

void ColumnPlans::search_locally(int64_t proposals, bool anew, const Ending& ending) {
  if (ending.now()) return;
  HeuristicOptions options;
  options.budget = proposals;
  options.most_cpu_seconds = share_of(1.0, ending.seconds_left());
  options.stop = ending.stop;
  options.first_plans = others_;
  if (!anew) options.first_plans.push_back(best_.plan);
  options.population =
      std::max<int64_t>(options.population, static_cast<int64_t>(options.first_plans.size()));
  const HeuristicResult found = heuristic_search(problem_, Algorithm::local, options);
  offer(found.best.plan, found.best.value);
}

/// Until it finds next to nothing.
void ColumnPlans::generate(const Ending& ending) {
  const double end = left_after(kGenerationShare, ending);
  const StopFn stop = [&] { return ending.stop() || ending.seconds_left() <= end; };
  generation_.begin(stop);
  for (int sweep = 0; sweep < kMostSweeps && !stop(); ++sweep) {
    if (!generation_.iterate(stop)) break;
  }
}

/// The best choices, each without the circles of those before it. Whether groups were left out.
bool ColumnPlans::choose(const GroupLimits& from, const Ending& ending) {
  const double slack = static_cast<double>(best_.value) - generation_.value();
  GroupPool pool = generation_.promising(slack, from);
  GroupChoice choice(problem_.graph, std::move(pool.groups));
  for (int round = 0; round < kMostCuts && !ending.now(); ++round) {
    ChoiceLimits limits;
    limits.most_seconds = share_of(kChoiceShare, ending.seconds_left());
    const std::vector<Group> chosen = choice.choose(best_.value, limits);
    if (chosen.empty()) break;
    const bool has_circle = choice.cut(chosen);
    const Plan plan = repair_.repaired(chosen, [&](const Group& group) { return value_of(group); });
    if (!plan.empty()) {
      int64_t value = 0;
      for (const Group& group : plan) value += value_of(group);
      offer(plan, value);
    }
    if (!has_circle) break;
    others_.push_back(plan.empty() ? chosen : plan);
  }
  return pool.has_more;
}

void ColumnPlans::search(int64_t lower_bound, const Ending& ending) {
  for (int turn = 0; turn < kTurns && !ending.now() && best_.value > lower_bound; ++turn) {
    const int64_t before = best_.value;
    generate(ending);
    others_.clear();
    if (choose(kFewGroups, ending)) choose(kManyGroups, ending);
    const double end = left_after(kLocalShare, ending);
    search_locally(kProposals, false, {ending.stop, [&] { return ending.seconds_left() - end; }});
    if (best_.value == before) return;
  }
}

}  // namespace fusesim
