#pragma once

#include <ATen/ATen.h>

#include <cmath>
#include <cstdint>

#include "fusesim/values/network.h"

/// The arithmetic of sw/values/README.md on float64 tensors of shape (C, H, W).
namespace fusesim::reference {

/// a / 2^shift, halves upwards.
inline at::Tensor shifted(const at::Tensor& a, int shift) {
  if (shift <= 0) return a * std::ldexp(1.0, -shift);
  return at::floor(a * std::ldexp(1.0, -shift) + 0.5);
}

/// a / n, halves upwards; n > 0 everywhere.
inline at::Tensor rounded_quotient(const at::Tensor& a, const at::Tensor& n) {
  return at::floor((a * 2 + n) / (n * 2));
}
inline at::Tensor rounded_quotient(const at::Tensor& a, double n) { return at::floor((a * 2 + n) / (n * 2)); }

/// Entry v - first of a table, element by element.
template <class Entry>
at::Tensor looked_up(const std::vector<Entry>& table, const at::Tensor& v, int64_t first) {
  const at::Tensor entries = at::empty({static_cast<int64_t>(table.size())}, at::kDouble);
  for (size_t i = 0; i < table.size(); ++i) entries.data_ptr<double>()[i] = static_cast<double>(table[i]);
  const at::Tensor places = (v - static_cast<double>(first)).to(at::kLong).reshape({-1});
  return entries.index_select(0, places).reshape(v.sizes());
}

inline double largest_magnitude(const at::Tensor& t) {
  return t.numel() == 0 ? 0.0 : t.abs().max().item<double>();
}

}  // namespace fusesim::reference
