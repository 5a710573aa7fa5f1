#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"
#include "fusesim/values/parameters.h"

namespace fusesim {

/// Turns a network of real numbers into one of integers, op by op, while somebody evaluates it: prepare(op)
/// gives its parameters and says how operands meet, settle(op) how its result is cut to its width, which
/// depends on how large it becomes. sw/values/README.md has the rules. The same input and parameters give the
/// same network.
class Quantiser {
 public:
  /// The arguments must outlive it.
  Quantiser(const Graph& graph, const Datatypes& types, const ParameterSource& parameters);

  /// The elements of a graph input, index (c * H + y) * W + x.
  void set_input(TensorId tensor, const std::vector<float>& elements);
  /// All inputs of the op are settled.
  void prepare(OpId op);
  /// The op was prepared. `largest`: the greatest magnitude that its sums come to, of rules that divide
  /// (mean, quotient, moments) the greatest magnitude of an exact quotient; ignored where the rule fixes the
  /// scale, and of elements that are taken as they are.
  void settle(OpId op, double largest);

  const ValueNetwork& network() const { return network_; }
  ValueNetwork take() { return std::move(network_); }

 private:
  int fraction(const Op& op, size_t operand) const;
  int most_common_fraction(const Op& op) const;
  void align(const Op& op, OpValues& values, int to) const;
  int prepare_parameters(OpId op, int input_fraction);
  void quantise_weights(OpId op, OpValues& values) const;
  int weights_fraction(OpId op) const;
  void quantise_biases(OpId op, int fraction, OpValues& values) const;

  const Graph& graph_;
  const ParameterSource& parameters_;
  ValueNetwork network_;
  std::vector<int> sum_fractions_;  // per op, of the sum before its shift
};

}  // namespace fusesim
