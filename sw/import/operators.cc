#include "operators.h"

#include <string>
#include <unordered_map>

#include "fusesim/base/error.h"
#include "opset.h"

namespace fusesim::importer {
namespace {

using Table = std::unordered_map<std::string, Operator>;

constexpr int kAny = Operator::kAny;

/// Operators with weights, biases or settings.
void add_parametric(Table& t) {
  // type, {least inputs, most inputs, most outputs, parameters, product, biases, settings}
  t["Conv"] = {2, 3, 1, {1, 2}, {}, {2}, {}};
  t["ConvTranspose"] = {2, 3, 1, {1, 2}, {}, {2}, {}};
  t["DeformConv"] = {3, 5, 1, {1, 3}, {}, {}, {}};
  t["Gemm"] = {2, 3, 1, {1, 2}, {}, {2}, {}};
  t["MatMul"] = {2, 2, 1, {}, {0, 1, true}, {}, {}};
  t["QuantizeLinear"] = {2, 3, 1, {1, 2}, {}, {}, {}};
  t["DequantizeLinear"] = {2, 3, 1, {1, 2}, {}, {}, {}};
  t["BatchNormalization"] = {5, 5, 5, {1, 2, 3, 4}, {}, {2}, {3, 4}};
  t["InstanceNormalization"] = {3, 3, 1, {1, 2}, {}, {2}, {}};
  t["LayerNormalization"] = {2, 3, 3, {1, 2}, {}, {2}, {}};
  t["GroupNormalization"] = {3, 3, 1, {1, 2}, {}, {}, {}};
  t["RMSNormalization"] = {2, 2, 1, {1}, {}, {}, {}};
  t["PRelu"] = {2, 2, 1, {1}, {}, {}, {}};
  t["LSTM"] = {3, 8, 3, {1, 2, 3, 7}, {}, {}, {}};
  t["GRU"] = {3, 6, 2, {1, 2, 3}, {}, {}, {}};
  t["RNN"] = {3, 6, 2, {1, 2, 3}, {}, {}, {}};
  t["Gather"] = {2, 2, 1, {}, {1, 0}, {}, {}};
  t["Pad"] = {1, 4, 1, {}, {}, {}, Operands::from(1)};
  t["Resize"] = {1, 4, 1, {}, {}, {}, Operands::from(1)};
  t["Upsample"] = {1, 2, 1, {}, {}, {}, Operands::from(1)};
  t["Clip"] = {1, 3, 1, {}, {}, {}, Operands::from(1)};
  t["Dropout"] = {1, 3, 2, {}, {}, {}, Operands::from(1)};
}

/// Operands of QLinearConcat that are a scale or a zero point: each tensor is followed by its own.
Operands scales_of_concat() {
  return {0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 19, 21, 22, 24, 25, 27, 28, 30, 31};
}

/// Scales and zero points are settings.
void add_quantised(Table& t) {
  t["ConvInteger"] = {2, 4, 1, {1, 2, 3}, {}, {}, {2, 3}};
  t["MatMulInteger"] = {2, 4, 1, {2, 3}, {0, 1, true}, {}, {2, 3}};
  t["QLinearConv"] = {8, 9, 1, Operands::from(1), {}, {8}, {1, 2, 4, 5, 6, 7}};
  t["QLinearMatMul"] = {8, 8, 1, {1, 2, 4, 5, 6, 7}, {0, 3, true}, {}, {1, 2, 4, 5, 6, 7}};
  const std::string microsoft = std::string(kMicrosoft) + ".";
  for (const char* type : {"QLinearAdd", "QLinearMul"})
    t[microsoft + type] = {7, 8, 1, {1, 2, 4, 5, 6, 7}, {}, {}, {1, 2, 4, 5, 6, 7}};
  for (const char* type :
       {"QLinearGlobalAveragePool", "QLinearAveragePool", "QLinearSigmoid", "QLinearLeakyRelu"})
    t[microsoft + type] = {4, 5, 1, Operands::from(1), {}, {}, Operands::from(1)};
  t[microsoft + "QLinearConcat"] = {3, kAny, 1, scales_of_concat(), {}, {}, scales_of_concat()};
}

void add_all(Table& table, std::initializer_list<const char*> types, int least, int most, int outputs = 1) {
  for (const char* type : types) table[type] = {least, most, outputs, {}, {}, {}, {}};
}

/// All others that shapes, values or kinds are worked out for here.
void add_plain(Table& t) {
  add_all(t, {"Identity", "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "HardSigmoid"}, 1,
          1);
  add_all(t, {"HardSwish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Mish", "Gelu", "Swish", "Cast", "Not"},
          1, 1);
  add_all(t, {"Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Erf", "Sign"}, 1,
          1);
  add_all(t, {"Softmax", "LogSoftmax", "LRN", "Flatten", "Transpose", "Shape", "Size"}, 1, 1);
  add_all(t, {"AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool"}, 1, 1);
  add_all(t, {"DepthToSpace", "SpaceToDepth", "ConstantOfShape"}, 1, 1);
  add_all(t, {"Add", "Sub", "Mul", "Div", "Pow", "Mod"}, 2, 2);
  add_all(t, {"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"}, 2, 2);
  add_all(t, {"Tile", "Reshape", "Expand", "GatherND", "MaxRoiPool"}, 2, 2);
  add_all(t, {"Max", "Min", "Sum", "Mean", "Concat"}, 1, kAny);
  add_all(t, {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"}, 1,
          2);
  add_all(t, {"ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"}, 1, 2);
  add_all(t, {"Squeeze", "Unsqueeze"}, 1, 2);
  add_all(t, {"Range", "Where"}, 3, 3);
  add_all(t, {"Constant"}, 0, 0);
  add_all(t, {"Slice"}, 1, 5);
  add_all(t, {"MaxUnpool"}, 2, 3);
  add_all(t, {"STFT"}, 2, 4);
  add_all(t, {"MaxPool"}, 1, 1, 2);
  add_all(t, {"Split"}, 1, 2, kAny);
}

const Table& table() {
  static const Table made = [] {
    Table t;
    add_parametric(t);
    add_quantised(t);
    add_plain(t);
    return t;
  }();
  return made;
}

std::string counted(int count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void check_count(const std::string& type, int got, int least, int most, const char* noun) {
  if (got >= least && got <= most) return;
  std::string expected = counted(least, noun);
  if (most == kAny) {
    expected = "at least " + expected;
  } else if (most > least) {
    expected = std::to_string(least) + " to " + counted(most, noun);
  }
  throw Error("operator " + type + ": expected " + expected + ", got " + std::to_string(got));
}

}  // namespace

const Operator* find_operator(const onnx::NodeProto& node) {
  const bool plain = is_default_domain(node.domain());
  const auto found = table().find(plain ? node.op_type() : node.domain() + "." + node.op_type());
  return found != table().end() ? &found->second : nullptr;
}

void check_arity(const onnx::NodeProto& node) {
  const Operator* op = find_operator(node);
  if (op == nullptr) return;
  check_count(node.op_type(), node.input_size(), op->least_inputs, op->most_inputs, "input");
  check_count(node.op_type(), node.output_size(), 1, op->most_outputs, "output");
}

}  // namespace fusesim::importer
