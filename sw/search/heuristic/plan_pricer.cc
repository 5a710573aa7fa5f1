#include "heuristic/plan_pricer.h"

#include <algorithm>
#include <optional>

#include "heuristic/plan_moves.h"

namespace fusesim {

PlanPricer::PlanPricer(const SearchProblem& problem, const HeuristicOptions& options)
    : objective_(problem.objective),
      split_only_(options.split_only),
      pool_(static_cast<size_t>(std::max(1, options.threads))) {
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    workers_.push_back(std::make_unique<Worker>(Worker{Evaluator(problem, memo_), nullptr}));
    Worker& worker = *workers_.back();
    if (options.splitter) worker.splitter = options.splitter(worker.evaluator);
  }
  space_ = std::make_unique<SearchSpace>(problem, workers_.front()->evaluator);
}

std::vector<Candidate> PlanPricer::price(const std::vector<Proposal>& proposals) {
  std::vector<std::vector<Candidate>> of_proposal(proposals.size());
  pool_.run(proposals.size(), [&](size_t worker, size_t i) {
    of_proposal[i] = candidates_of(*workers_[worker], proposals[i]);
  });
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < proposals.size(); ++i) {
    for (Candidate& candidate : of_proposal[i]) {
      candidate.proposal = i;
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

std::vector<Candidate> PlanPricer::candidates_of(Worker& worker, const Proposal& proposal) const {
  Plan proposed = repaired(*space_, proposal.labels);
  if (!worker.splitter || split_only_)
    return {price(worker, worker.splitter.get(), std::move(proposed), proposal.seed)};
  std::vector<Candidate> candidates = {price(worker, worker.splitter.get(), proposed, proposal.seed)};
  if (candidates.front().randomly_split < candidates.front().split_groups) {
    candidates.push_back(price(worker, nullptr, std::move(proposed), proposal.seed));
    candidates.back().split_groups = 0;
    candidates.back().randomly_split = 0;
  }
  return candidates;
}

Candidate PlanPricer::price(Worker& worker, GroupSplitter* splitter, Plan proposed, uint64_t seed) const {
  RandomSource random(seed);
  Candidate candidate;
  for (Group& group : proposed) {
    if (space_->runs_alone(group.front()) || worker.evaluator.fits(group)) {
      candidate.plan.push_back(std::move(group));
      continue;
    }
    ++candidate.split_groups;
    std::optional<Plan> parts;
    if (splitter != nullptr) parts = splitter->split(group);
    if (!parts) {
      ++candidate.randomly_split;
      parts = split_at_random(group, worker.evaluator, random);
    }
    for (Group& part : *parts) candidate.plan.push_back(std::move(part));
  }
  if (candidate.split_groups > 0) candidate.plan = in_running_order(*space_, candidate.plan);
  candidate.labels = labels_of(candidate.plan, space_->ops());
  candidate.value = space_->alone_value();
  candidate.cycles = space_->alone_cycles();
  candidate.energy_pj = space_->alone_energy_pj();
  for (const Group& group : candidate.plan) {
    if (space_->runs_alone(group.front())) continue;
    const GroupCost cost = worker.evaluator.cost(group).value();
    candidate.value += objective_.value(cost);
    candidate.fusable_bytes += cost.traffic.total_bytes();
    candidate.cycles += cost.cycles;
    candidate.energy_pj += cost.energy_pj;
    candidate.peak_buffer_bytes = std::max(candidate.peak_buffer_bytes, cost.buffer_bytes);
  }
  candidate.network_bytes = candidate.fusable_bytes + space_->alone_bytes();
  return candidate;
}

}  // namespace fusesim
