#pragma once

#include <cstdint>
#include <vector>

namespace fusesim {

/// Every way to find a plan.
enum class Algorithm : uint8_t {
  exact,       ///< least traffic, proven unless it stops at its limit
  columns,     ///< a bound from the linear relaxation of choosing groups, and a plan from the groups met
  contiguous,  ///< best cuts of the topological order
  unfused,     ///< every op alone
  random,      ///< every plan drawn anew
  local,       ///< a population, one random edit per plan and step
  nsga2,       ///< a population under DRAM access and peak buffer, with crossover of plans
  automatic,   ///< exact; local, then columns where that takes long
};

/// What the programs have to know of an algorithm.
struct AlgorithmFacts {
  const char* name;     ///< as it is typed and reported
  const char* summary;  ///< a few words for --help; empty: the name says it
  bool heuristic;       ///< proposes plans: has a budget and a seed, and may have an explainer
  bool proves_bound;    ///< its lower bound holds for every plan
};

/// All of them, in the order of the enumeration.
const std::vector<Algorithm>& algorithms();
AlgorithmFacts facts_of(Algorithm algorithm);

inline const char* to_string(Algorithm algorithm) { return facts_of(algorithm).name; }
inline bool is_heuristic(Algorithm algorithm) { return facts_of(algorithm).heuristic; }

}  // namespace fusesim
