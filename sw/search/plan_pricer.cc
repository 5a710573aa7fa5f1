#include "plan_pricer.h"

#include <algorithm>
#include <optional>

#include "plan_moves.h"

namespace fusesim {

PlanPricer::PlanPricer(const Graph& graph, Scheme scheme, const Config& config,
                       const HeuristicOptions& options)
    : pool_(static_cast<size_t>(std::max(1, options.threads))) {
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    workers_.push_back(std::make_unique<Worker>(Worker{Evaluator(graph, scheme, config, memo_), nullptr}));
    Worker& worker = *workers_.back();
    if (options.splitter) worker.splitter = options.splitter(worker.evaluator);
  }
  space_ = std::make_unique<SearchSpace>(graph, scheme, config, workers_.front()->evaluator);
}

std::vector<Candidate> PlanPricer::price(const std::vector<Proposal>& proposals) {
  std::vector<Candidate> candidates(proposals.size());
  pool_.run(proposals.size(),
            [&](size_t worker, size_t i) { candidates[i] = price(*workers_[worker], proposals[i]); });
  return candidates;
}

Candidate PlanPricer::price(Worker& worker, const Proposal& proposal) const {
  RandomSource random(proposal.seed);
  Candidate candidate;
  for (Group& group : repaired(*space_, proposal.labels)) {
    if (space_->runs_alone(group.front()) || worker.evaluator.fits(group)) {
      candidate.plan.push_back(std::move(group));
    } else {
      split_into(worker, group, random, candidate);
    }
  }
  if (candidate.split_groups > 0) candidate.plan = in_running_order(*space_, candidate.plan);
  candidate.labels = labels_of(candidate.plan, space_->ops());
  for (const Group& group : candidate.plan) {
    if (space_->runs_alone(group.front())) continue;
    candidate.fusable_bytes += worker.evaluator.f_d_bytes(group);
    candidate.peak_buffer_bytes =
        std::max(candidate.peak_buffer_bytes, worker.evaluator.occupied_bytes(group));
  }
  candidate.network_bytes = candidate.fusable_bytes + space_->alone_bytes();
  return candidate;
}

void PlanPricer::split_into(Worker& worker, const Group& group, RandomSource& random,
                            Candidate& candidate) const {
  ++candidate.split_groups;
  std::optional<Plan> parts;
  if (worker.splitter) parts = worker.splitter->split(group);
  if (!parts) {
    ++candidate.randomly_split;
    parts = split_at_random(group, worker.evaluator, random);
  }
  for (Group& part : *parts) candidate.plan.push_back(std::move(part));
}

}  // namespace fusesim
