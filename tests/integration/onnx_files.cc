#include "onnx_files.h"

#include <onnx/onnx_pb.h>

namespace fusesim {
namespace {

void set_shape(onnx::ValueInfoProto* value, const std::string& name, const std::vector<Dimension>& shape) {
  value->set_name(name);
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(onnx::TensorProto::FLOAT);
  for (const Dimension& d : shape) {
    auto* dim = tensor->mutable_shape()->add_dim();
    if (d.symbol.empty()) {
      dim->set_dim_value(d.value);
    } else {
      dim->set_dim_param(d.symbol);
    }
  }
}

onnx::ModelProto model_with_input(const std::vector<Dimension>& input) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  model.mutable_graph()->set_name("net");
  set_shape(model.mutable_graph()->add_input(), "image", input);
  auto* output = model.mutable_graph()->add_output();
  output->set_name("result");
  output->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  return model;
}

void add_node(onnx::GraphProto* graph, const std::string& type, const std::string& name,
              const std::vector<std::string>& inputs, const std::string& output) {
  auto* node = graph->add_node();
  node->set_op_type(type);
  node->set_name(name);
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
}

void add_ints(onnx::NodeProto* node, const std::string& name, const std::vector<int64_t>& values) {
  auto* attribute = node->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute->add_ints(value);
}

/// 3x3, stride 1, padding 1.
void add_conv(onnx::GraphProto* graph, const std::string& name, const std::string& input,
              const std::string& output, int64_t channels_in, int64_t channels_out) {
  auto* weights = graph->add_initializer();
  weights->set_name(name + "_w");
  weights->set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : {channels_out, channels_in, int64_t{3}, int64_t{3}}) weights->add_dims(d);
  for (int64_t i = 0; i < channels_out * channels_in * 9; ++i) weights->add_float_data(1.0F);
  add_node(graph, "Conv", name, {input, name + "_w"}, output);
  auto* node = graph->mutable_node(graph->node_size() - 1);
  add_ints(node, "kernel_shape", {3, 3});
  add_ints(node, "pads", {1, 1, 1, 1});
}

}  // namespace

std::string conv_chain_onnx(const std::vector<Dimension>& input, int64_t channels) {
  onnx::ModelProto model = model_with_input(input);
  auto* graph = model.mutable_graph();
  add_conv(graph, "conv_a", "image", "a", 3, 4);
  add_node(graph, "Relu", "relu_a", {"a"}, "b");
  add_conv(graph, "conv_b", "b", "result", 4, channels);
  return model.SerializeAsString();
}

std::string text_finder_onnx(int64_t height, int64_t width, int64_t channels) {
  onnx::ModelProto model = model_with_input({1, 3, height, width});
  auto* graph = model.mutable_graph();
  add_conv(graph, "stem", "image", "a", 3, channels);
  add_node(graph, "Relu", "stem_relu", {"a"}, "b");
  add_conv(graph, "keep", "b", "c", channels, channels);
  add_node(graph, "MaxPool", "half", {"c"}, "d");
  auto* half = graph->mutable_node(graph->node_size() - 1);
  add_ints(half, "kernel_shape", {2, 2});
  add_ints(half, "strides", {2, 2});
  add_conv(graph, "deep", "d", "e", channels, 2 * channels);
  auto* weights = graph->add_initializer();
  weights->set_name("up_w");
  weights->set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : {2 * channels, channels, int64_t{2}, int64_t{2}}) weights->add_dims(d);
  for (int64_t i = 0; i < 8 * channels * channels; ++i) weights->add_float_data(1.0F);
  add_node(graph, "ConvTranspose", "up", {"e", "up_w"}, "f");
  auto* up = graph->mutable_node(graph->node_size() - 1);
  add_ints(up, "kernel_shape", {2, 2});
  add_ints(up, "strides", {2, 2});
  add_node(graph, "Concat", "join", {"f", "c"}, "g");
  auto* axis = graph->mutable_node(graph->node_size() - 1)->add_attribute();
  axis->set_name("axis");
  axis->set_type(onnx::AttributeProto::INT);
  axis->set_i(1);
  add_conv(graph, "mix", "g", "h", 2 * channels, channels);
  add_conv(graph, "mark", "h", "result", channels, 1);
  return model.SerializeAsString();
}

std::string relu_onnx(const std::vector<Dimension>& input) {
  onnx::ModelProto model = model_with_input(input);
  add_node(model.mutable_graph(), "Relu", "relu_a", {"image"}, "result");
  return model.SerializeAsString();
}

std::string named_relu_onnx(const std::string& name) {
  onnx::ModelProto model = model_with_input({1, 3, 8, 8});
  add_node(model.mutable_graph(), "Relu", name, {"image"}, "result");
  return model.SerializeAsString();
}

std::string relu_chain_onnx(int length) {
  onnx::ModelProto model = model_with_input({1, 3, 8, 8});
  std::string last = "image";
  for (int i = 0; i < length; ++i) {
    const std::string next = i + 1 == length ? "result" : "t" + std::to_string(i);
    add_node(model.mutable_graph(), "Relu", "relu_" + std::to_string(i), {last}, next);
    last = next;
  }
  return model.SerializeAsString();
}

std::string two_outputs_onnx() {
  onnx::ModelProto model = model_with_input({1, 3, 8, 8});
  model.mutable_opset_import(0)->set_version(18);
  add_node(model.mutable_graph(), "Relu", "twice", {"image"}, "first");
  model.mutable_graph()->mutable_node(0)->add_output("result");
  return model.SerializeAsString();
}

std::string cyclic_onnx() {
  onnx::ModelProto model = model_with_input({1, 3, 8, 8});
  add_node(model.mutable_graph(), "Add", "add_a", {"image", "b"}, "a");
  add_node(model.mutable_graph(), "Add", "add_b", {"image", "a"}, "b");
  add_node(model.mutable_graph(), "Relu", "relu_a", {"b"}, "result");
  return model.SerializeAsString();
}

}  // namespace fusesim
