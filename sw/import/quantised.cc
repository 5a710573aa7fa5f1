#include "quantised.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "opset.h"

namespace fusesim::importer {
namespace {

constexpr int kResultIsInt32 = -2;

struct Form {
  const char* type;           ///< of the plain operator
  std::vector<int> operands;  ///< those that it has, in its order
  int type_of;                ///< operand whose element type the result has, or kResultIsInt32
};

const std::unordered_map<std::string, Form>& default_forms() {
  static const std::unordered_map<std::string, Form> table{
      {"QLinearConv", {"Conv", {0, 3, 8}, 7}},
      {"ConvInteger", {"Conv", {0, 1}, kResultIsInt32}},
      {"QLinearMatMul", {"MatMul", {0, 3}, 7}},
      {"MatMulInteger", {"MatMul", {0, 1}, kResultIsInt32}},
  };
  return table;
}

const std::unordered_map<std::string, Form>& microsoft_forms() {
  static const std::unordered_map<std::string, Form> table{
      {"QLinearAdd", {"Add", {0, 3}, 7}},
      {"QLinearMul", {"Mul", {0, 3}, 7}},
      {"QLinearGlobalAveragePool", {"GlobalAveragePool", {0}, 4}},
      {"QLinearAveragePool", {"AveragePool", {0}, 4}},
      {"QLinearSigmoid", {"Sigmoid", {0}, 4}},
      {"QLinearLeakyRelu", {"LeakyRelu", {0}, 4}},
  };
  return table;
}

bool is_channels_last(const onnx::NodeProto& node) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == "channels_last" && attribute.i() != 0) return true;
  }
  return false;
}

/// Scale and zero point of the result, then each tensor with its own.
Form concat_form(const onnx::NodeProto& node) {
  Form form{"Concat", {}, 1};
  for (int i = 2; i < node.input_size(); i += 3) form.operands.push_back(i);
  return form;
}

std::optional<Form> find_form(const onnx::NodeProto& node) {
  const bool microsoft = node.domain() == kMicrosoft;
  if (microsoft && node.op_type() == "QLinearConcat") return concat_form(node);
  if (!microsoft && !is_default_domain(node.domain())) return std::nullopt;
  const auto& forms = microsoft ? microsoft_forms() : default_forms();
  const auto found = forms.find(node.op_type());
  if (found == forms.end() || is_channels_last(node)) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<PlainForm> plain_form(const onnx::NodeProto& node) {
  const std::optional<Form> form = find_form(node);
  if (!form) return std::nullopt;
  PlainForm plain;
  plain.node = node;
  plain.node.set_op_type(form->type);
  plain.node.clear_domain();
  plain.node.clear_input();
  for (const int i : form->operands) {
    if (i < node.input_size()) plain.node.add_input(node.input(i));
  }
  if (form->type_of == kResultIsInt32) {
    plain.elem_type = onnx::TensorProto::INT32;
  } else {
    plain.type_of = form->type_of;
  }
  return plain;
}

}  // namespace fusesim::importer
