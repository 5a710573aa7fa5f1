#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/random_schedule.h"

namespace fusesim::testing {

/// What can show that machine and prediction differ.
enum class Check : uint8_t { byte_count, allocation, provenance, causes };
const char* to_string(Check check);

struct Mismatch {
  Check check;
  std::string text;  ///< group, tensor, row, expected and actual
};

/// Compares one run with its prediction and with the reference evaluation: payload per group, kind, tensor
/// and row; allocated bytes equal to the footprint and below the capacity; high-water below the allocation;
/// hashes of every output; a cause and an op of every cycle. Empty: confirmed. At most one entry per group
/// and kind of difference.
std::vector<Mismatch> mismatches(const ScheduledNetwork& network, const RunResult& run);

}  // namespace fusesim::testing
