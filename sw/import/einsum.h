#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node_view.h"

namespace fusesim::importer {

/// The equation of an Einsum, label by label; dimensions of an ellipsis have labels below ' '.
struct Equation {
  std::vector<std::string> terms;  ///< one label per dimension of each operand
  std::string result;
  std::map<char, int64_t> sizes;
};

/// Empty where the equation does not fit the operands.
std::optional<Equation> equation_of(const NodeView& node);

/// A product of two operands as a MatMul of tensors: labels that both operands and the result have, those
/// that are summed over, and those of one operand alone. Together they are all labels, each once.
struct EinsumProduct {
  std::string batch, left, summed, right;
};
std::optional<EinsumProduct> as_product(const Equation& equation);

/// Operand by operand from the left; what neither a later operand nor the result has is summed up at once.
int64_t multiply_accumulates(const Equation& equation);

}  // namespace fusesim::importer
