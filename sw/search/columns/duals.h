#pragma once

#include <cstdint>
#include <vector>

#include "columns/pricing_options.h"

namespace fusesim {

/// Of all ops.
int64_t sum_of(const std::vector<int64_t>& duals);
/// Of a group's.
int64_t sum_of(const std::vector<int64_t>& duals, const Group& group);

/// Lowers duals until none of these sets comes to less than the duals of its ops, those that gain most first.
void lower(std::vector<int64_t>& duals, const std::vector<PricedSet>& sets);

}  // namespace fusesim
