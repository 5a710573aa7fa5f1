#include "accounts.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim::hw {

void account(const CycleLog& log, const std::vector<CycleRange>& stops, const CycleRange& cycles,
             const WorkCounts& work, GroupResult& result) {
  for (const auto& [id, by_cause] : log.causes(cycles.begin, cycles.end, stops)) {
    const auto known = [id = id](const OpResult& op) { return op.op == id; };
    const auto op = std::find_if(result.ops.begin(), result.ops.end(), known);
    (op == result.ops.end() ? result.ops.back() : *op).cycles += by_cause;
    result.causes += by_cause;
  }
  for (OpResult& op : result.ops) {
    const auto done = work.ops.find(op.op);
    if (done == work.ops.end()) continue;
    op.macs = done->second.macs;
    op.vector_ops = done->second.vector_ops;
  }
  const int64_t total = result.cycles.total;
  const int64_t stall = result.cycles.stall;
  if (result.causes.total() == total && result.causes.waits() == stall) return;
  throw Error("causes of cycles: expected " + std::to_string(stall) + " of " + std::to_string(total) +
              " cycles to be waited, got " + std::to_string(result.causes.waits()) + " of " +
              std::to_string(result.causes.total()));
}

}  // namespace fusesim::hw
