// One network, one scheme, one buffer size: the whole flow, and the provenance of the outputs against the
// plain evaluation of the whole graph. Prints one line; exit 0 if everything agrees, 1 if not, 2 on bad
// input.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "fusesim/testing/reference_evaluation.h"
#include "fusesim/tools/pipeline.h"

namespace {

using namespace fusesim;

bool same_provenance(const Graph& graph, const RunResult& run) {
  const std::vector<testing::ProvenanceMap> reference = testing::reference_evaluation(graph);
  if (run.outputs.size() != reference.size()) return false;
  for (size_t i = 0; i < reference.size(); ++i) {
    if (run.outputs[i].tensor != graph.outputs[i] || run.outputs[i].hashes != reference[i]) return false;
  }
  return true;
}

/// Every cycle has a cause, and no group is faster than its array and its pins allow.
bool times_add_up(const Config& config, const RunResult& run) {
  const DramConfig& dram = config.dram;
  bool right = run.causes.total() == run.cycles.total;
  for (const GroupResult& group : run.groups) {
    int64_t over_ops = 0;
    for (const OpResult& op : group.ops) over_ops += op.cycles.total();
    const int64_t cycles = group.cycles.total;
    right = right && group.causes.total() == cycles && over_ops == cycles &&
            group.causes.waits() == group.cycles.stall &&
            cycles * config.pe.rows * config.pe.columns >= group.macs &&
            cycles * dram.clock_khz * dram.channels >= group.dram.busy_cycles * config.clock_khz;
  }
  return right;
}

int check(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  Progress quiet;
  const Planned planned = make_plan(options, quiet);
  const RunResult run = run_machine(planned, quiet);
  const std::vector<Mismatch> mismatches = confirm(planned.schedule, planned.prediction, run);
  const auto stop = std::chrono::steady_clock::now();

  int64_t peak_bytes = 0;
  bool allocated_right = true;
  size_t mismatched = 0;
  for (size_t i = 0; i < run.groups.size(); ++i) {
    const GroupResult& group = run.groups[i];
    peak_bytes = std::max(peak_bytes, group.peak_buffer_bytes);
    allocated_right = allocated_right && group.allocated_bytes == planned.prediction.groups[i].buffer_bytes &&
                      group.allocated_bytes < planned.schedule.buffer_bytes;
  }
  for (size_t i = 0; i < mismatches.size(); ++i)
    mismatched += i == 0 || mismatches[i].group != mismatches[i - 1].group;
  const bool times = times_add_up(planned.config, run);
  const bool provenance = same_provenance(*planned.model.graph, run);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(stop - start).count();
  std::printf(
      "%-28s %-4s %7lld KiB %4zu groups %zu mismatched  allocated %s  peak %9lld  provenance %s  causes %s  "
      "%s %6lld "
      "ms\n",
      planned.model.name.c_str(), to_string(planned.schedule.scheme),
      static_cast<long long>(planned.schedule.buffer_bytes / 1024), run.groups.size(), mismatched,
      allocated_right ? "ok" : "WRONG", static_cast<long long>(peak_bytes), provenance ? "ok" : "WRONG",
      times ? "ok" : "WRONG", planned.search.optimal ? "optimal" : "bounded",
      static_cast<long long>(milliseconds));
  for (const Mismatch& mismatch : mismatches) std::printf("  %s\n", describe(mismatch).c_str());
  return mismatches.empty() && allocated_right && provenance && times ? 0 : 1;
}

}  // namespace

/// Takes the options of run_sim.
int main(int argc, char** argv) {
  try {
    return check(parse_options(argc, argv).options);
  } catch (const SimulationError& error) {
    std::printf("FAILED simulation: %s (%s %s)\n", error.what(), argv[1], argc > 2 ? argv[2] : "");
    return 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
