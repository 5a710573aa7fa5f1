#include <algorithm>

#include "fusesim/schedule/schedule.h"

namespace fusesim {

std::vector<TensorId> stored_tensors(const Schedule& schedule) {
  std::vector<TensorId> tensors;
  for (const GroupSchedule& group : schedule.groups)
    tensors.insert(tensors.end(), group.outgoing.begin(), group.outgoing.end());
  std::sort(tensors.begin(), tensors.end());
  return tensors;
}

}  // namespace fusesim
