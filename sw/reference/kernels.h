#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

namespace fusesim::reference {

/// An op under evaluation: operands as float64 tensors of shape (C, H, W).
struct Evaluation {
  const Graph& graph;
  const Op& op;
  const OpValues& values;
  const ValueFormat& format;
  std::vector<at::Tensor> inputs;

  Shape out() const { return graph.out_shape(op); }
};

/// What an op makes before its result is cut to its width. The settings that depend on how large sums become
/// (shift, scale) are asked for only in cut(), which runs when they are known.
struct Made {
  double largest = 0.0;  ///< for Quantiser::settle
  std::function<at::Tensor(const OpValues&)> cut;
};

/// A sum that is shifted.
Made shifted_sum(at::Tensor sum);
/// A dividend and a positive divisor.
Made scaled_quotient(at::Tensor dividend, at::Tensor divisor);
/// A result that is final.
Made as_it_is(at::Tensor result);

at::Tensor convolution(const Evaluation& e);
Made window_pool(const Evaluation& e);
at::Tensor crop(const Evaluation& e);
at::Tensor resize(const Evaluation& e);
Made eltwise(const Evaluation& e);
at::Tensor concat(const Evaluation& e);
at::Tensor blocks(const Evaluation& e);
at::Tensor parametrised(const Evaluation& e, const at::Tensor& x, bool slope);
Made norm(const Evaluation& e);
Made channel_reduce(const Evaluation& e);
at::Tensor matrix_product(const Evaluation& e);
at::Tensor position_product(const Evaluation& e);
Made whole_map_pool(const Evaluation& e);
/// (C, 1, 2)
Made moments(const Evaluation& e);
/// Output j of an opaque op.
at::Tensor checksum(const Evaluation& e, size_t j);

}  // namespace fusesim::reference
