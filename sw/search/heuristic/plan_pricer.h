#pragma once

#include <memory>
#include <vector>

#include "fusesim/base/random_source.h"
#include "fusesim/base/worker_pool.h"
#include "fusesim/search/heuristic.h"
#include "heuristic/search_space.h"

namespace fusesim {

/// A legal plan whose groups all fit, and what it costs.
struct Candidate {
  size_t proposal = 0;  ///< that it was made from: its index in the step
  Plan plan;
  Labels labels;
  int64_t value = 0;  ///< of the objective
  int64_t network_bytes = 0;
  int64_t fusable_bytes = 0;
  int64_t peak_buffer_bytes = 0;
  int64_t cycles = 0;          ///< 0 where the objective needs no time
  int64_t energy_pj = 0;       ///< likewise
  int64_t split_groups = 0;    ///< groups that did not fit; counted with a proposal's first candidate alone
  int64_t randomly_split = 0;  ///< of these, the ones that no splitter took apart
};

/// Of the whole network, but for the buffer of ops that run alone.
inline PlanCost cost_of(const Candidate& c) {
  return {c.network_bytes, c.cycles, c.energy_pj, c.peak_buffer_bytes};
}

/// A plan as a search proposes it, with the seed of what is decided at random while it is made to fit.
struct Proposal {
  Labels labels;
  uint64_t seed = 0;
};

/// Repairs, splits and prices proposed plans on several threads.
class PlanPricer {
 public:
  /// Throws Error if an op is not valid even alone.
  PlanPricer(const SearchProblem& problem, const HeuristicOptions& options);

  const SearchSpace& space() const { return *space_; }
  QueryCounts counts() const { return memo_.counts(); }
  /// The candidates of the proposals, in their order; a function of each proposal alone. One per proposal,
  /// but where a splitter took groups apart a second one follows (unless the options say split_only): the
  /// same proposal with all groups that do not fit split at random, as it would be without a splitter.
  std::vector<Candidate> price(const std::vector<Proposal>& proposals);

 private:
  struct Worker {
    Evaluator evaluator;
    std::unique_ptr<GroupSplitter> splitter;
  };
  std::vector<Candidate> candidates_of(Worker& worker, const Proposal& proposal) const;
  Candidate price(Worker& worker, GroupSplitter* splitter, Plan proposed, uint64_t seed) const;

  const Objective& objective_;
  bool split_only_;
  GroupMemo memo_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<SearchSpace> space_;
  WorkerPool pool_;
};

}  // namespace fusesim
