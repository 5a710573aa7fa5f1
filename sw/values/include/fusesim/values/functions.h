#pragma once

#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

namespace fusesim {

/// An activation as a function of a real number; one that is a function of more than its own element is the
/// identity.
double apply(const ActivationFn& function, double x);

/// The functions of an op that its table holds, in order: its activations, less the first where its
/// parameters stand for it (rules scale and slope), after the logarithm of a LogSoftmax.
std::vector<ActivationFn> table_functions(const Graph& graph, const Op& op);

/// What a table holds and the fraction of what it gives.
struct FunctionTable {
  std::vector<Value> table;  ///< 2^value_bits entries, from the lowest value on
  int fraction = 0;
};
/// Of arguments with this fraction. Its own fraction is the largest with which no finite result
/// reaches 2^(value_bits - 1). Without functions the table is empty.
FunctionTable make_table(const std::vector<ActivationFn>& functions, int fraction, const ValueFormat& format);

}  // namespace fusesim
