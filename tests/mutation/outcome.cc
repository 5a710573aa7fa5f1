#include "outcome.h"

#include <set>
#include <vector>

#include "fusesim/testing/child_process.h"
#include "fusesim/testing/confirm.h"

namespace fusesim::testing {
namespace {

/// "caught by\ntext", or empty if nothing was noticed.
std::string simulate_once(const Config& config, const ScheduledNetwork& network, Fault fault) {
  SimOptions options;
  options.fault = fault;
  try {
    const SimResults results = simulate(config, {network.schedule}, options);
    const std::vector<Mismatch> found = mismatches(network, results.runs.at(0));
    if (found.empty()) return "";
    std::set<std::string> checks;
    for (const Mismatch& m : found) checks.insert(to_string(m.check));
    std::string joined;
    for (const std::string& check : checks) joined += (joined.empty() ? "" : " + ") + check;
    return joined + "\n" + found.front().text;
  } catch (const SimulationError& e) {
    return std::string("guard ") + to_string(e.guard()) + "\n" + e.what();
  }
}

}  // namespace

Config small_machine(int64_t capacity_bytes) {
  Config config;
  config.buffer.capacity_bytes = capacity_bytes;
  config.pe.rows = 4;
  config.pe.columns = 4;
  config.brr.slice_channels = {4, 2, 1};
  return config;
}

Outcome run_with_fault(const Config& config, const ScheduledNetwork& network, Fault fault) {
  const ChildResult child = run_in_child([&] { return simulate_once(config, network, fault); });
  if (!child.finished) return {true, "crash", child.text};
  if (child.text.empty()) return {};
  const size_t end = child.text.find('\n');
  return {true, child.text.substr(0, end), child.text.substr(end + 1)};
}

const char* to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::tile_halo_short:
      return "tile halo one row short";
    case Fault::weight_subgroup_twice:
      return "weight sub-group fetched twice";
    case Fault::weight_subgroup_skipped:
      return "weight sub-group skipped";
    case Fault::slice_out_of_order:
      return "slice out of order";
    case Fault::buffer_swapped_early:
      return "buffer swapped early";
    case Fault::prefetch_past_capacity:
      return "prefetch past capacity";
    case Fault::strip_halo_short:
      return "strip halo one column short";
    case Fault::channels_unshuffled:
      return "channels unshuffled";
    case Fault::early_release:
      return "row released early";
  }
  return "unknown";
}

std::string to_string(const Tally& tally) {
  std::string text;
  for (const auto& [check, count] : tally) {
    text += (text.empty() ? "" : ", ") + check + " " + std::to_string(count);
  }
  return text;
}

}  // namespace fusesim::testing
