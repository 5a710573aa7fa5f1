#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/hw/simulate.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What was compared.
enum class MismatchKind : uint8_t {
  ifmap,      ///< payload bytes read
  ofmap,      ///< payload bytes written
  weight,     ///< weight and bias bytes read
  allocated,  ///< bytes the group asked the scratchpad for; expected: the predicted footprint
  peak,       ///< high-water of live bytes; expected: at most the allocated bytes
  capacity,   ///< allocated bytes; expected: less than the buffer
};
const char* to_string(MismatchKind kind);

/// One disagreement between prediction and machine.
struct Mismatch {
  size_t group = 0;
  MismatchKind kind = MismatchKind::ifmap;
  std::string subject;  ///< tensor name; op name for weights of one op; empty: the group as a whole
  int64_t expected_bytes = 0;
  int64_t actual_bytes = 0;
  int64_t first_row = -1;  ///< first row whose bytes differ; -1: does not apply
};
/// "group 3: ifmap of tensor 'x': expected 100 bytes, got 90, first at row 4"
std::string describe(const Mismatch& mismatch);

/// Compares a run with its prediction, group by group: payload bytes of each kind, of each tensor and of each
/// row of it, weight bytes of each op, allocated bytes == footprint, peak <= allocated < buffer. Empty: all
/// confirmed. Ordered by group. Throws Error if the three do not have the same number of groups.
std::vector<Mismatch> confirm(const Schedule& schedule, const Prediction& prediction, const RunResult& run);

}  // namespace fusesim
