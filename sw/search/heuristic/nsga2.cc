#include <algorithm>
#include <pagmo/utils/multi_objective.hpp>
#include <set>

#include "heuristic/heuristic_run.h"
#include "heuristic/plan_moves.h"

namespace fusesim {
namespace {

constexpr double kCrossoverProbability = 0.9;

using Figures = std::vector<Figure>;

pagmo::vector_double point(const Candidate& candidate, const Figures& front) {
  pagmo::vector_double figures;
  figures.reserve(front.size());
  for (const Figure f : front) figures.push_back(static_cast<double>(figure_of(cost_of(candidate), f)));
  return figures;
}

std::vector<pagmo::vector_double> points_of(const std::vector<Candidate>& candidates, const Figures& front) {
  std::vector<pagmo::vector_double> points;
  points.reserve(candidates.size());
  for (const Candidate& candidate : candidates) points.push_back(point(candidate, front));
  return points;
}

/// Rank and crowding of every member, for tournaments.
struct Standing {
  size_t rank = 0;
  double crowding = 0.0;
  bool beats(const Standing& other) const {
    return rank != other.rank ? rank < other.rank : crowding > other.crowding;
  }
};

std::vector<Standing> standings(const std::vector<Candidate>& candidates, const Figures& front) {
  const std::vector<pagmo::vector_double> points = points_of(candidates, front);
  std::vector<Standing> result(points.size());
  if (points.size() < 2) return result;
  const auto fronts = std::get<0>(pagmo::fast_non_dominated_sorting(points));
  for (size_t rank = 0; rank < fronts.size(); ++rank) {
    std::vector<pagmo::vector_double> members;
    for (const auto i : fronts[rank]) members.push_back(points[i]);
    pagmo::vector_double crowding(members.size(), std::numeric_limits<double>::infinity());
    if (members.size() > 2) crowding = pagmo::crowding_distance(members);
    for (size_t j = 0; j < members.size(); ++j) result[fronts[rank][j]] = {rank, crowding[j]};
  }
  return result;
}

const Candidate& tournament(const std::vector<Candidate>& population, const std::vector<Standing>& standing,
                            RandomSource& random) {
  const size_t a = random.index(population.size());
  const size_t b = random.index(population.size());
  return population[standing[b].beats(standing[a]) ? b : a];
}

/// One edit of a plan, or of the crossover of two.
Labels child(HeuristicRun& run, const std::vector<Candidate>& population,
             const std::vector<Standing>& standing) {
  RandomSource& random = run.random();
  Labels labels = tournament(population, standing, random).labels;
  if (random.chance(kCrossoverProbability)) {
    const Labels& other = tournament(population, standing, random).labels;
    labels = labels_of(repaired(run.space(), crossed(other, labels, random)), run.space().ops());
  }
  return run.edited(labels);
}

/// Keeps one plan of each point, the first, and of these the best.
std::vector<Candidate> survivors(std::vector<Candidate> candidates, size_t count, const Figures& front) {
  std::set<pagmo::vector_double> seen;
  std::vector<Candidate> distinct;
  for (Candidate& candidate : candidates) {
    if (seen.insert(point(candidate, front)).second) distinct.push_back(std::move(candidate));
  }
  if (distinct.size() <= count) return distinct;
  std::vector<Candidate> best;
  for (const auto i : pagmo::select_best_N_mo(points_of(distinct, front), count))
    best.push_back(std::move(distinct[i]));
  return best;
}

std::vector<FrontPoint> front_of(const std::vector<Candidate>& population, const Figures& figures) {
  const std::vector<Standing> standing = standings(population, figures);
  std::vector<FrontPoint> front;
  for (size_t i = 0; i < population.size(); ++i) {
    if (standing[i].rank == 0)
      front.push_back({population[i].plan, population[i].value, population[i].network_bytes,
                       population[i].peak_buffer_bytes, cost_of(population[i])});
  }
  std::sort(front.begin(), front.end(), [&figures](const FrontPoint& a, const FrontPoint& b) {
    return figure_of(a.cost, figures.front()) < figure_of(b.cost, figures.front());
  });
  return front;
}

}  // namespace

std::vector<FrontPoint> search_nsga2(HeuristicRun& run) {
  std::vector<Candidate> population = survivors(run.first_population(), run.population(), run.front());
  while (const size_t count = run.plans_left(run.population())) {
    const std::vector<Standing> standing = standings(population, run.front());
    std::vector<Labels> proposals(count);
    for (Labels& labels : proposals) labels = child(run, population, standing);
    std::vector<Candidate> children = run.price(std::move(proposals));
    for (Candidate& child : children) population.push_back(std::move(child));
    population = survivors(std::move(population), run.population(), run.front());
  }
  return front_of(population, run.front());
}

}  // namespace fusesim
