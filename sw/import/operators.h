#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <limits>

namespace fusesim::importer {

/// A set of operand positions.
class Operands {
 public:
  static constexpr size_t kMost = 32;

  constexpr Operands() = default;
  constexpr Operands(std::initializer_list<unsigned> positions) {
    for (const unsigned p : positions) bits_ |= uint32_t{1} << p;
  }
  /// All from `first` on.
  static constexpr Operands from(unsigned first) {
    Operands all;
    all.bits_ = std::numeric_limits<uint32_t>::max() << first;
    return all;
  }
  constexpr bool has(size_t position) const { return position < kMost && (bits_ >> position & 1) != 0; }

 private:
  uint32_t bits_ = 0;
};

/// Operand positions of a product of data by a matrix, or of a look-up in one. A graph input at `matrix` is a
/// parameter where it is a matrix and something that depends on graph inputs stands at `data`.
struct Product {
  int data = -1;
  int matrix = -1;
  bool either_way = false;  ///< the data may stand at `matrix`, and the parameter at `data`
};

/// What holds for an operator in every opset that is read, by operand position.
struct Operator {
  static constexpr int kAny = std::numeric_limits<int>::max();

  int least_inputs = 1;
  int most_inputs = 1;
  int most_outputs = 1;
  /// Weights, biases, scales: a graph input that is read only at such positions is no data of the network.
  Operands parameters;
  /// Of a product or a look-up.
  Product product;
  /// Parameters that count as biases.
  Operands biases;
  /// Bounds, sizes and statistics: constants there are no parameters.
  Operands settings;
};

/// Null for operators that the table (operators.cc) does not have.
const Operator* find_operator(const onnx::NodeProto& node);

/// Throws Error "operator Relu: expected 1 output, got 2" where a node of the table has a number of operands
/// or outputs that its operator has in no opset.
void check_arity(const onnx::NodeProto& node);

}  // namespace fusesim::importer
