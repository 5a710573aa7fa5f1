#include "values/kernels.h"

namespace fusesim::hw {
namespace {

// Odd, so that no bit of a factor is lost modulo 2^32 (multipliers of Knuth's and of the FNV hash).
constexpr uint32_t kPlace = 2654435761U;
constexpr uint32_t kOutput = 16777619U;

}  // namespace

uint32_t checksum_term(const Shape& shape, size_t input, int64_t y, const Value* row) {
  uint32_t sum = 0;
  for (int64_t c = 0; c < shape.c; ++c) {
    for (int64_t x = 0; x < shape.w; ++x) {
      const auto place =
          static_cast<uint32_t>((c * shape.h + y) * shape.w + x + 1 + static_cast<int64_t>(input));
      sum += static_cast<uint32_t>(row[c * shape.w + x]) * (place * kPlace | 1U);
    }
  }
  return sum;
}

void checksum_row(const ValueUnit& unit, OpId o, size_t j, int64_t y, uint32_t sum, Value* out) {
  const Shape& shape = unit.graph().tensor(unit.op(o).outputs[j]).shape;
  const int bits = unit.format().value_bits;
  for (int64_t c = 0; c < shape.c; ++c) {
    for (int64_t x = 0; x < shape.w; ++x) {
      const auto place = static_cast<uint32_t>((c * shape.h + y) * shape.w + x + 1 + static_cast<int64_t>(j));
      const uint32_t mixed = (sum + place) * kPlace ^ (sum >> 7U) * kOutput;
      const auto top = static_cast<int64_t>(mixed >> static_cast<unsigned>(32 - bits));
      out[c * shape.w + x] = unit.finished(o, top + unit.format().lowest());
    }
  }
}

}  // namespace fusesim::hw
