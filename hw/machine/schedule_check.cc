#include "schedule_check.h"

#include <algorithm>
#include <string>

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim::hw {
namespace {

void check(const Config& config, const Schedule& schedule, size_t index) {
  const std::string place = "schedule " + std::to_string(index) + ": ";
  const std::string reason = invalid_reason(schedule);
  if (!reason.empty()) throw Error(place + reason);
  if (!(schedule.datatypes == config.datatypes)) {
    throw Error(place + "datatypes: expected those of the configuration, got others");
  }
  if (schedule.buffer_bytes != config.buffer.capacity_bytes) {
    throw Error(place + "buffer_bytes: expected the capacity of the configuration, " +
                std::to_string(config.buffer.capacity_bytes) + ", got " +
                std::to_string(schedule.buffer_bytes));
  }
}

/// A block of the array is no larger than its op: products of all taps, inputs and outputs. Its steps take
/// a cycle and the loading of the weights for each at most, and it reads or writes four operands of 16
/// bytes for each.
void check_products(const Config& config, const Graph& graph) {
  constexpr int64_t kMost = int64_t{1} << 61;
  constexpr int64_t kAccessBits = int64_t{4} * 128;
  constexpr const char* kWhat = "products of a block";
  const int64_t step = std::max(kAccessBits, 2 + config.pe.weight_load_cycles(config.datatypes));
  for (const Op& op : graph.ops) {
    if (is_opaque(op) || op_facts(op).unit != Unit::pe_array) continue;
    named([&op] { return "op '" + op.name + "'"; },
          [&] {
            int64_t products = mac_count(graph, op);
            if (op_facts(op).rows == RowUse::transposed) {
              const int64_t taps = op.window.kernel_h * op.window.kernel_w;
              products = checked_mul(graph.out_shape(op).elements(),
                                     checked_mul(taps, graph.in_shape(op).c / op.groups, kWhat), kWhat);
            }
            if (checked_mul(products, step, kWhat) > kMost)
              throw RangeError(std::string(kWhat) + ": expected at most 2^61 cycles or bits, got more");
          });
  }
}

}  // namespace

void check_schedules(const Config& config, const std::vector<Schedule>& schedules,
                     const SimOptions& options) {
  for (size_t i = 0; i < schedules.size(); ++i) {
    check(config, schedules[i], i);
    check_products(config, *schedules[i].graph);
  }
  if (!options.values.empty() && options.values.size() != schedules.size())
    throw Error("simulate: expected values of each schedule or of none");
}

}  // namespace fusesim::hw
