#pragma once

#include <vector>

#include "fusesim/search/evaluator.h"

namespace fusesim {

/// A plan as the group of every op: equal labels, one group. Labels are small and otherwise without meaning.
using Labels = std::vector<int32_t>;

/// What the moves of a heuristic may touch: the ops of a graph, who feeds whom, and which ops run alone.
class SearchSpace {
 public:
  /// Prices every op alone. Throws Error naming the first op that is not valid.
  SearchSpace(const SearchProblem& problem, Evaluator& evaluator);

  const Graph& graph() const { return graph_; }
  size_t ops() const { return graph_.ops.size(); }
  /// Ops that op reads from, and ops that read it; ascending, each once.
  const std::vector<OpId>& sources(OpId op) const { return sources_[static_cast<size_t>(op)]; }
  const std::vector<OpId>& readers(OpId op) const { return readers_[static_cast<size_t>(op)]; }
  /// Opaque, or it fits no group of the scheme.
  bool runs_alone(OpId op) const { return alone_[static_cast<size_t>(op)] != 0; }
  /// All other ops, ascending.
  const std::vector<OpId>& free_ops() const { return free_; }
  /// F_D of all ops that run alone, their value, and under an objective that needs time F_T and F_E.
  int64_t alone_bytes() const { return alone_bytes_; }
  int64_t alone_value() const { return alone_value_; }
  int64_t alone_cycles() const { return alone_cycles_; }
  int64_t alone_energy_pj() const { return alone_energy_pj_; }
  /// Neighbours that are free and have another label.
  void free_neighbours(OpId op, const Labels& labels, std::vector<OpId>& result) const;

 private:
  const Graph& graph_;
  std::vector<std::vector<OpId>> sources_;
  std::vector<std::vector<OpId>> readers_;
  std::vector<char> alone_;
  std::vector<OpId> free_;
  int64_t alone_bytes_ = 0;
  int64_t alone_value_ = 0;
  int64_t alone_cycles_ = 0;
  int64_t alone_energy_pj_ = 0;
};

/// The plan of these labels, in the order of their least ops, legal or not.
Plan groups_of(const Labels& labels);
/// The labels of a plan.
Labels labels_of(const Plan& plan, size_t ops);

/// Makes a plan legal, the same way for every search. Groups fall into their connected parts. If groups then
/// read each other in a circle (a group that is not convex does, with what lies between), ops are added to
/// their groups in topological order, and an op that would close a circle opens a new part of its group. Ops
/// that run alone are alone. The groups come in an order in which they can run.
Plan repaired(const SearchSpace& space, const Labels& labels);

/// Orders groups that do not read each other in a circle so that they can run: always the one with the
/// least first op next.
Plan in_running_order(const SearchSpace& space, const Plan& plan);

}  // namespace fusesim
