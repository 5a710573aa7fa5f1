#include "fusesim/report/report.h"

#include <algorithm>
#include <set>

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

}  // namespace fusesim
