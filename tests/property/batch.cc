#include "batch.h"

#include "fusesim/testing/child_process.h"
#include "fusesim/testing/confirm.h"

namespace fusesim::testing {
namespace {

struct Position {
  size_t run = 0;
  size_t group = 0;
};

void note_position(void* context, size_t run, size_t group, size_t) {
  *static_cast<Position*>(context) = {run, group};
}

std::string differences(const std::vector<ScheduledNetwork>& networks, const SimResults& results) {
  if (results.runs.size() != networks.size()) return "wrong number of runs";
  std::string text;
  for (size_t i = 0; i < networks.size(); ++i) {
    const std::vector<Mismatch> found = mismatches(networks[i], results.runs[i]);
    if (found.empty()) continue;
    for (const Mismatch& m : found) text += std::string(to_string(m.check)) + ": " + m.text + "\n";
    text += networks[i].describe() + "\n";
  }
  return text;
}

std::string simulate_and_compare(const Config& config, const std::vector<ScheduledNetwork>& networks) {
  std::vector<Schedule> schedules;
  schedules.reserve(networks.size());
  for (const ScheduledNetwork& n : networks) schedules.push_back(n.schedule);
  Position last;
  SimOptions options;
  options.progress = note_position;
  options.progress_context = &last;
  try {
    return differences(networks, simulate(config, schedules, options));
  } catch (const SimulationError& e) {
    return "stopped (" + std::string(to_string(e.guard())) + ") after run " + std::to_string(last.run) +
           " group " + std::to_string(last.group) + ": " + e.what() + "\n";
  }
}

std::string in_child(const Config& config, const std::vector<ScheduledNetwork>& networks) {
  const ChildResult result = run_in_child([&] { return simulate_and_compare(config, networks); });
  return result.finished ? result.text : "crashed: " + result.text + "\n";
}

}  // namespace

std::string confirm_batch(const Config& config, const std::vector<ScheduledNetwork>& networks) {
  std::string text = in_child(config, networks);
  if (text.empty() || networks.size() == 1) return text;
  int shown = 0;
  for (const ScheduledNetwork& n : networks) {
    const std::string alone = in_child(config, {n});
    if (alone.empty() || ++shown > 3) continue;
    text += "alone: " + alone + n.describe() + "\n";
  }
  if (shown == 0) text += "every network of this batch is confirmed when it runs alone\n";
  return text;
}

}  // namespace fusesim::testing
