#include "heuristic/heuristic_run.h"

#include <algorithm>

#include "fusesim/base/process_clock.h"
#include "heuristic/plan_moves.h"

namespace fusesim {

HeuristicRun::HeuristicRun(const SearchProblem& problem, const HeuristicOptions& options)
    : options_(options),
      cpu_start_(process_cpu_seconds()),
      random_(options.seed),
      population_(static_cast<size_t>(std::max<int64_t>(1, options.population))),
      pricer_(problem, options) {
  result_.seed = options.seed;
}

size_t HeuristicRun::plans_left(size_t wanted) const {
  if (is_used_up()) return 0;
  const int64_t left = std::max<int64_t>(1, options_.budget) - result_.plans;
  return std::min(wanted, static_cast<size_t>(left));
}

std::vector<Candidate> HeuristicRun::price(std::vector<Labels> proposals) {
  std::vector<Proposal> seeded;
  seeded.reserve(proposals.size());
  for (Labels& labels : proposals) seeded.push_back({std::move(labels), random_.bits()});
  std::vector<Candidate> candidates = pricer_.price(seeded);
  const size_t improvements = result_.curve.size();
  for (const Candidate& candidate : candidates) {
    result_.split_groups += candidate.split_groups;
    result_.randomly_split += candidate.randomly_split;
    book(candidate);
  }
  result_.plans += static_cast<int64_t>(seeded.size());
  for (size_t i = improvements; i < result_.curve.size(); ++i) {
    result_.curve[i].queries = pricer_.counts().total();
    result_.curve[i].cpu_seconds = cpu_seconds();
  }
  if (options_.progress) {
    options_.progress({result_.plans, std::max<int64_t>(1, options_.budget), result_.best.network_bytes,
                       pricer_.counts().total(), seconds()});
  }
  return candidates;
}

std::vector<Candidate> HeuristicRun::first_population() {
  std::vector<Labels> proposals(plans_left(population_));
  for (size_t i = 0; i < proposals.size(); ++i) {
    proposals[i] = i < options_.first_plans.size() ? labels_of(options_.first_plans[i], space().ops())
                                                   : random_labels(space(), random_);
  }
  return price(std::move(proposals));
}

Labels HeuristicRun::edited(const Labels& labels) {
  return fusesim::edited(space(), labels, options_.edits, random_);
}

HeuristicResult HeuristicRun::result() const {
  HeuristicResult result = result_;
  result.queries = pricer_.counts();
  result.best.evaluated = result.queries.total();
  result.best.seconds = seconds();
  result.best.stopped = options_.stop && options_.stop() && result_.plans < options_.budget;
  result.cpu_seconds = cpu_seconds();
  result.curve.push_back({result.plans, result.best.value, result.best.network_bytes,
                          result.best.fusable_bytes, result.queries.total(), result.cpu_seconds});
  return result;
}

bool HeuristicRun::is_used_up() const {
  if (result_.plans == 0) return false;
  if (options_.stop && options_.stop()) return true;
  if (options_.most_queries > 0 && pricer_.counts().total() >= options_.most_queries) return true;
  return options_.most_cpu_seconds > 0.0 && cpu_seconds() >= options_.most_cpu_seconds;
}

void HeuristicRun::book(const Candidate& candidate) {
  if (!result_.curve.empty() && candidate.value >= result_.best.value) return;
  result_.best.plan = candidate.plan;
  result_.best.value = candidate.value;
  result_.best.network_bytes = candidate.network_bytes;
  result_.best.fusable_bytes = candidate.fusable_bytes;
  result_.peak_buffer_bytes = candidate.peak_buffer_bytes;
  const int64_t plans = result_.plans + static_cast<int64_t>(candidate.proposal) + 1;
  if (!result_.curve.empty() && result_.curve.back().plans == plans) result_.curve.pop_back();
  result_.curve.push_back({plans, candidate.value, candidate.network_bytes, candidate.fusable_bytes, 0, 0.0});
}

double HeuristicRun::cpu_seconds() const { return process_cpu_seconds() - cpu_start_; }

double HeuristicRun::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

}  // namespace fusesim
