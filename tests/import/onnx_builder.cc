#include "onnx_builder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace fusesim {

onnx::AttributeProto& NodeBuilder::add(const std::string& name, onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node_->add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

NodeBuilder& NodeBuilder::integer(const std::string& name, int64_t value) {
  add(name, onnx::AttributeProto::INT).set_i(value);
  return *this;
}

NodeBuilder& NodeBuilder::integers(const std::string& name, const std::vector<int64_t>& values) {
  onnx::AttributeProto& attribute = add(name, onnx::AttributeProto::INTS);
  for (const int64_t v : values) attribute.add_ints(v);
  return *this;
}

NodeBuilder& NodeBuilder::number(const std::string& name, float value) {
  add(name, onnx::AttributeProto::FLOAT).set_f(value);
  return *this;
}

NodeBuilder& NodeBuilder::numbers(const std::string& name, const std::vector<float>& values) {
  onnx::AttributeProto& attribute = add(name, onnx::AttributeProto::FLOATS);
  for (const float v : values) attribute.add_floats(v);
  return *this;
}

NodeBuilder& NodeBuilder::text(const std::string& name, const std::string& value) {
  add(name, onnx::AttributeProto::STRING).set_s(value);
  return *this;
}

NodeBuilder& NodeBuilder::name(const std::string& name) {
  node_->set_name(name);
  return *this;
}

OnnxBuilder::OnnxBuilder(int64_t opset) {
  model_.set_ir_version(opset > 17 ? 9 : 8);
  model_.add_opset_import()->set_version(opset);
  graph().set_name("net");
}

OnnxBuilder& OnnxBuilder::input(const std::string& name, const std::vector<Dim>& dims, int32_t type) {
  onnx::ValueInfoProto& input = *graph().add_input();
  input.set_name(name);
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape();
  for (const Dim& dim : dims) {
    auto& made = *tensor.mutable_shape()->add_dim();
    if (dim.symbol.empty()) made.set_dim_value(dim.value);
    if (!dim.symbol.empty()) made.set_dim_param(dim.symbol);
  }
  return *this;
}

OnnxBuilder& OnnxBuilder::output(const std::string& name) {
  onnx::ValueInfoProto& output = *graph().add_output();
  output.set_name(name);
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  return *this;
}

OnnxBuilder& OnnxBuilder::weight(const std::string& name, const std::vector<int64_t>& dims) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  return numbers(name, std::vector<float>(static_cast<size_t>(count), 0.0F), dims);
}

OnnxBuilder& OnnxBuilder::numbers(const std::string& name, const std::vector<float>& values,
                                  const std::vector<int64_t>& dims) {
  onnx::TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t d : dims) tensor.add_dims(d);
  for (const float v : values) tensor.add_float_data(v);
  return *this;
}

OnnxBuilder& OnnxBuilder::integers(const std::string& name, const std::vector<int64_t>& values) {
  onnx::TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  tensor.set_raw_data(values.data(), values.size() * sizeof(int64_t));
  return *this;
}

OnnxBuilder& OnnxBuilder::bare(const std::string& name, const std::vector<int64_t>& dims, int32_t type) {
  onnx::TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const int64_t d : dims) tensor.add_dims(d);
  return *this;
}

OnnxBuilder& OnnxBuilder::bytes_weight(const std::string& name, const std::vector<int64_t>& dims,
                                       int32_t type) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  bare(name, dims, type);
  graph().mutable_initializer()->rbegin()->set_raw_data(std::string(static_cast<size_t>(count), '\0'));
  return *this;
}

OnnxBuilder& OnnxBuilder::declare(const std::string& name, const std::vector<int64_t>& dims, int32_t type) {
  onnx::ValueInfoProto& info = *graph().add_value_info();
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const int64_t d : dims) tensor.mutable_shape()->add_dim()->set_dim_value(d);
  return *this;
}

OnnxBuilder& OnnxBuilder::domain(const std::string& name, int64_t version) {
  onnx::OperatorSetIdProto& set = *model_.add_opset_import();
  set.set_domain(name);
  set.set_version(version);
  return *this;
}

NodeBuilder OnnxBuilder::node(const std::string& type, const std::vector<std::string>& inputs,
                              const std::vector<std::string>& outputs) {
  onnx::NodeProto& node = *graph().add_node();
  node.set_op_type(type);
  node.set_name(outputs.front());
  for (const std::string& name : inputs) node.add_input(name);
  for (const std::string& name : outputs) node.add_output(name);
  return NodeBuilder(&node);
}

NodeBuilder OnnxBuilder::conv(const std::string& input, const std::string& output, int64_t in_channels,
                              int64_t out_channels, int64_t kernel, bool bias) {
  weight(output + ".w", {out_channels, in_channels, kernel, kernel});
  std::vector<std::string> inputs{input, output + ".w"};
  if (bias) {
    weight(output + ".b", {out_channels});
    inputs.push_back(output + ".b");
  }
  return node("Conv", inputs, {output});
}

NodeBuilder OnnxBuilder::batch_norm(const std::string& input, const std::string& output, int64_t channels) {
  std::vector<std::string> inputs{input};
  for (const char* part : {".scale", ".shift", ".mean", ".var"}) {
    weight(output + part, {channels});
    inputs.push_back(output + part);
  }
  return node("BatchNormalization", inputs, {output});
}

OnnxBuilder& OnnxBuilder::strip_weights() {
  const onnx::GraphProto full = graph();
  graph().clear_initializer();
  for (const auto& tensor : full.initializer()) {
    if (tensor.data_type() == onnx::TensorProto::FLOAT && tensor.dims_size() > 0) {
      input(tensor.name(), std::vector<Dim>(tensor.dims().begin(), tensor.dims().end()));
    } else {
      *graph().add_initializer() = tensor;
    }
  }
  return *this;
}

ScratchFile::ScratchFile(const std::string& bytes, const std::string& name) {
  std::string pattern = ::testing::TempDir() + "/fusesim-import-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  path_ = folder_ + "/" + name;
  std::ofstream(path_, std::ios::binary) << bytes;
}

ScratchFile::~ScratchFile() { std::filesystem::remove_all(folder_); }

}  // namespace fusesim
