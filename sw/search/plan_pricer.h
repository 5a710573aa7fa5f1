#pragma once

#include <memory>
#include <vector>

#include "fusesim/search/heuristic.h"
#include "fusesim/search/random_source.h"
#include "search_space.h"
#include "worker_pool.h"

namespace fusesim {

/// A legal plan whose groups all fit, and what it costs.
struct Candidate {
  Plan plan;
  Labels labels;
  int64_t network_bytes = 0;
  int64_t fusable_bytes = 0;
  int64_t peak_buffer_bytes = 0;
  int64_t split_groups = 0;
  int64_t randomly_split = 0;
};

/// A plan as a search proposes it, with the seed of what is decided at random while it is made to fit.
struct Proposal {
  Labels labels;
  uint64_t seed = 0;
};

/// Repairs, splits and prices proposed plans on several threads.
class PlanPricer {
 public:
  /// Throws Error if an op is not valid even alone.
  PlanPricer(const Graph& graph, Scheme scheme, const Config& config, const HeuristicOptions& options);

  const SearchSpace& space() const { return *space_; }
  QueryCounts counts() const { return memo_.counts(); }
  /// The candidates of the proposals, in their order; a function of each proposal alone.
  std::vector<Candidate> price(const std::vector<Proposal>& proposals);

 private:
  struct Worker {
    Evaluator evaluator;
    std::unique_ptr<GroupSplitter> splitter;
  };
  Candidate price(Worker& worker, const Proposal& proposal) const;
  void split_into(Worker& worker, const Group& group, RandomSource& random, Candidate& candidate) const;

  GroupMemo memo_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<SearchSpace> space_;
  WorkerPool pool_;
};

}  // namespace fusesim
