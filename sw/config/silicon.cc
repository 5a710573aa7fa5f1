#include <cmath>

#include "fusesim/config/config.h"

namespace fusesim {
namespace {

constexpr double kBitsPerByte = 8;
constexpr double kMm2PerUm2 = 1e-6;

/// Least squares in the logarithms of capacity and energy of a 64-bit access: 8 KiB 10 pJ, 32 KiB 20 pJ,
/// 1 MiB 100 pJ.
struct PowerLaw {
  double scale;
  double exponent;
};
PowerLaw access_pj_fit() {
  struct Point {
    double capacity_bytes, access_pj;
  };
  constexpr Point kPoints[] = {{8 * 1024.0, 10}, {32 * 1024.0, 20}, {1024 * 1024.0, 100}};
  constexpr double kCount = 3;
  double mean_x = 0, mean_y = 0;
  for (const Point& point : kPoints) {
    mean_x += std::log(point.capacity_bytes) / kCount;
    mean_y += std::log(point.access_pj) / kCount;
  }
  double xx = 0, xy = 0;
  for (const Point& point : kPoints) {
    const double x = std::log(point.capacity_bytes) - mean_x;
    xx += x * x;
    xy += x * (std::log(point.access_pj) - mean_y);
  }
  const double exponent = xy / xx;
  return {std::exp(mean_y - exponent * mean_x), exponent};
}

/// A bit of SRAM with its share of decoders, sense amplifiers and wiring.
constexpr double kSramBitUm2 = 0.346 / 0.74;
/// 8-bit multiplier, 32-bit adder, one bit of register.
constexpr double kMultiplierUm2 = 282;
constexpr double kAdderUm2 = 137;
constexpr double kRegisterBitUm2 = 4.522;

/// A multiplier grows with the product of its operands' widths, adder and registers with theirs.
double pe_um2(const Config& config) {
  const Datatypes& types = config.datatypes;
  const auto a = static_cast<double>(types.activation_bytes);
  const auto w = static_cast<double>(types.weight_bytes);
  const auto p = static_cast<double>(types.partial_sum_bytes);
  constexpr double kAdderBytes = 4;
  const double weights_held = config.pe.shadow_weights ? 2 : 1;
  return kMultiplierUm2 * a * w + kAdderUm2 * p / kAdderBytes +
         kRegisterBitUm2 * kBitsPerByte * (a + weights_held * w + p);
}

}  // namespace

double sram_byte_pj(int64_t capacity_bytes) {
  constexpr double kBytesPerAccess = 8;
  static const PowerLaw fit = access_pj_fit();
  return fit.scale * std::pow(static_cast<double>(capacity_bytes), fit.exponent) / kBytesPerAccess;
}

double Config::buffer_read_byte_pj() const {
  return energy.buffer_read_byte_pj ? *energy.buffer_read_byte_pj : sram_byte_pj(buffer.capacity_bytes);
}

double Config::buffer_write_byte_pj() const {
  return energy.buffer_write_byte_pj ? *energy.buffer_write_byte_pj : sram_byte_pj(buffer.capacity_bytes);
}

AreaEstimate area_of(const Config& config) {
  const auto sram_mm2 = [](double bytes) { return bytes * kBitsPerByte * kSramBitUm2 * kMm2PerUm2; };
  const double elements = static_cast<double>(config.pe.rows) * static_cast<double>(config.pe.columns);
  const double accumulator_bytes = static_cast<double>(config.pe.stripe) *
                                   static_cast<double>(config.pe.columns) *
                                   static_cast<double>(config.datatypes.partial_sum_bytes);
  AreaEstimate area;
  area.buffer_mm2 = config.area.buffer_mm2 ? *config.area.buffer_mm2
                                           : sram_mm2(static_cast<double>(config.buffer.capacity_bytes));
  area.array_mm2 = elements * (config.area.pe_mm2 ? *config.area.pe_mm2 : pe_um2(config) * kMm2PerUm2) +
                   sram_mm2(accumulator_bytes);
  area.other_mm2 = config.area.other_mm2;
  return area;
}

}  // namespace fusesim
