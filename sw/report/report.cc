#include "fusesim/report/report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "insight.h"

namespace fusesim {

int64_t Report::mismatched_groups() const {
  std::set<size_t> groups;
  for (const Mismatch& m : mismatches) groups.insert(m.group);
  return static_cast<int64_t>(groups.size());
}

bool Report::confirmed(size_t group) const {
  return std::none_of(mismatches.begin(), mismatches.end(),
                      [&](const Mismatch& m) { return m.group == group; });
}

bool Report::cycles_confirmed() const {
  const int64_t predicted = total_time(prediction).cycles;
  const int64_t simulated = run.cycles.total;
  const auto apart = static_cast<double>(std::abs(simulated - predicted));
  // Whether a group meets one refresh more or less is not predicted.
  const double refresh = static_cast<double>(config.dram.rfc) * static_cast<double>(config.clock_khz) /
                         static_cast<double>(config.dram.clock_khz);
  return apart <= config.confirm.cycles_tolerance * static_cast<double>(simulated) +
                      refresh * static_cast<double>(schedule.groups.size());
}

}  // namespace fusesim
