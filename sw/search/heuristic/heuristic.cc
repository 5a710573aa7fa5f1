#include "fusesim/search/heuristic.h"

#include <algorithm>
#include <stdexcept>

#include "heuristic/heuristic_run.h"
#include "heuristic/plan_moves.h"

namespace fusesim {
namespace {

/// Plans that random search proposes at a time; no result depends on it.
constexpr size_t kRandomBatch = 32;

/// The cheapest plans, none twice; of equally cheap ones those that come first.
std::vector<Candidate> cheapest(std::vector<Candidate> candidates, size_t count) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.value < b.value; });
  std::vector<Candidate> kept;
  for (Candidate& candidate : candidates) {
    if (kept.size() == count) break;
    const bool known = std::any_of(kept.begin(), kept.end(),
                                   [&](const Candidate& other) { return other.plan == candidate.plan; });
    if (!known) kept.push_back(std::move(candidate));
  }
  return kept;
}

}  // namespace

void search_at_random(HeuristicRun& run) {
  while (const size_t count = run.plans_left(kRandomBatch)) {
    std::vector<Labels> proposals(count);
    for (Labels& labels : proposals) labels = random_labels(run.space(), run.random());
    run.price(std::move(proposals));
  }
}

void search_locally(HeuristicRun& run) {
  std::vector<Candidate> population = cheapest(run.first_population(), run.population());
  while (const size_t count = run.plans_left(population.size())) {
    std::vector<Labels> proposals(count);
    for (size_t i = 0; i < count; ++i) proposals[i] = run.edited(population[i].labels);
    std::vector<Candidate> candidates = run.price(std::move(proposals));
    for (Candidate& candidate : population) candidates.push_back(std::move(candidate));
    population = cheapest(std::move(candidates), run.population());
  }
}

HeuristicResult heuristic_search(const SearchProblem& problem, Algorithm algorithm,
                                 const HeuristicOptions& options) {
  if (options.prepare) options.prepare();
  HeuristicRun run(problem, options);
  std::vector<FrontPoint> front;
  switch (algorithm) {
    case Algorithm::random:
      search_at_random(run);
      break;
    case Algorithm::local:
      search_locally(run);
      break;
    case Algorithm::nsga2:
      front = search_nsga2(run);
      break;
    case Algorithm::exact:
    case Algorithm::columns:
    case Algorithm::contiguous:
    case Algorithm::unfused:
    case Algorithm::automatic:
      throw std::logic_error(std::string("no heuristic: ") + to_string(algorithm));
  }
  HeuristicResult result = run.result();
  result.front = std::move(front);
  return result;
}

}  // namespace fusesim
