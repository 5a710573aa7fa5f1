#pragma once

#include <string>

#include "fusesim/cost/scheme.h"

namespace fusesim {

/// The scheme under which a group really runs; an opaque op counts to the scheme of the plan.
inline Scheme group_scheme(const Schedule& schedule, const GroupSchedule& group) {
  return running_scheme(group.mode, fusion_scheme(schedule.scheme)).id();
}

/// "conv + relu" for an op with folded nodes.
inline std::string joined_nodes(const Op& op, const char* separator) {
  if (op.nodes.empty()) return op.name;
  std::string text;
  for (const std::string& node : op.nodes) text += (text.empty() ? "" : separator) + node;
  return text;
}

}  // namespace fusesim
