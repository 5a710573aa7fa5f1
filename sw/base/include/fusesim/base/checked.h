#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {

/// A count that 64 bits do not hold. Whoever knows of what it is says so: see named().
class RangeError : public Error {
 public:
  using Error::Error;
};

/// Throws RangeError; `what` is counted, "bytes of weights".
[[noreturn]] void throw_out_of_range(const char* what);

/// a + b and a * b, or RangeError.
inline int64_t checked_add(int64_t a, int64_t b, const char* what) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw_out_of_range(what);
  return sum;
}
inline int64_t checked_mul(int64_t a, int64_t b, const char* what) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) throw_out_of_range(what);
  return product;
}
/// The nearest whole number, or RangeError from 2^62 on and for what is no number.
inline int64_t checked_round(double value, const char* what) {
  constexpr double kMost = static_cast<double>(int64_t{1} << 62);
  if (!(std::abs(value) < kMost)) throw_out_of_range(what);
  return std::llround(value);
}
/// The whole number below, likewise.
inline int64_t checked_floor(double value, const char* what) {
  return checked_round(std::floor(value), what);
}

/// What `work` returns; a RangeError that it throws gets the name of `who` in front, "op 'conv1'".
template <class Who, class Work>
decltype(auto) named(const Who& who, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const RangeError& error) {
    throw Error(who() + ": " + error.what());
  }
}

}  // namespace fusesim
