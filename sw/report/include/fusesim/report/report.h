#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/report/alternatives.h"
#include "fusesim/report/confirm.h"
#include "fusesim/report/rejected.h"
#include "fusesim/report/skipped.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/values/compare.h"

namespace fusesim {

/// What a search under two objectives offers: a plan that no other found beats in both.
struct FrontRecord {
  int64_t network_bytes = 0;
  int64_t peak_buffer_bytes = 0;
};

/// How the plan came about.
struct SearchRecord {
  std::string algorithm = "exact";  ///< "schedule": read from a file
  std::string objective = "dram";   ///< what the plan makes least
  std::string explainer = "none";
  std::optional<int64_t> budget;  ///< nothing: unlimited
  int64_t evaluated = 0;          ///< group evaluations
  uint64_t seed = 0;
  double seconds = 0.0;
  bool optimal = false;
  bool stopped = false;  ///< before it was done: the best plan by then
  std::optional<int64_t> lower_bound_bytes;
  std::optional<int64_t> proposed_bytes;  ///< auto: the plan of the heuristic search
  std::optional<int64_t> exact_bytes;     ///< auto: the plan of the exact search
  std::vector<FrontRecord> front;         ///< nsga2, ascending network_bytes
};

/// The figures that every fused result is to be seen against.
struct Baselines {
  int64_t compulsory_bytes = 0;          ///< no plan moves less; see below
  std::optional<int64_t> unfused_bytes;  ///< every op alone, each at the cheapest of all schemes; nothing: an
                                         ///< op does not fit alone
  int64_t fusable_bytes = 0;             ///< predicted bytes of the groups that ran as the scheme asked for
  std::vector<RejectedOp> rejected;      ///< ops that fit no group of the scheme
};

/// What outputs need of graph inputs (needed_elements), outputs that are made, weights and biases, each once.
int64_t compulsory_bytes(const Graph& graph, const Datatypes& datatypes);
/// Computes all baselines of a schedule at config's buffer size.
Baselines baselines(const Schedule& schedule, const Prediction& prediction, const Config& config);

/// Everything that a report shows. The references have to outlive it.
struct Report {
  const Config& config;
  const Schedule& schedule;
  const Prediction& prediction;
  const RunResult& run;
  std::vector<Mismatch> mismatches;
  Baselines baselines;
  SearchRecord search;
  std::vector<AlternativePlan> alternatives;             ///< every op alone first; empty: not asked for
  std::vector<SkippedOp> skipped = {};                   ///< opaque in schedule.graph, and not in the file
  std::optional<ValueComparison> values = std::nullopt;  ///< functional mode: with LibTorch's

  /// Groups with at least one mismatch.
  int64_t mismatched_groups() const;
  bool confirmed(size_t group) const;
  /// Of the whole run: simulated cycles within config.confirm.cycles_tolerance of the predicted ones, give or
  /// take one refresh of the DRAM per group.
  bool cycles_confirmed() const;
  /// No value differs, if any were computed.
  bool values_confirmed() const { return !values || values->different == 0; }
};

/// For people: header, one line per group, totals, what did not fit, mismatches.
std::string to_table(const Report& report);
/// JSON `fusesim.report/1` (sw/report/README.md lists its fields), indented, with a final newline. Equal
/// reports give equal text.
std::string to_json(const Report& report);
/// A header line and one line per group (RFC 4180, but \n line ends).
std::string to_csv(const Report& report);

}  // namespace fusesim
