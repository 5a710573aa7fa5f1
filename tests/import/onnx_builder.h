#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/import/import.h"

namespace fusesim {

/// One dimension of a graph input: a number, or a name for a symbolic one.
struct Dim {
  Dim(int64_t number) : value(number) {}   // NOLINT(google-explicit-constructor)
  Dim(int number) : value(number) {}       // NOLINT(google-explicit-constructor)
  Dim(const char* name) : symbol(name) {}  // NOLINT(google-explicit-constructor)
  int64_t value = 0;
  std::string symbol;
};

/// Sets attributes of a node that was just added.
class NodeBuilder {
 public:
  explicit NodeBuilder(onnx::NodeProto* node) : node_(node) {}
  NodeBuilder& integer(const std::string& name, int64_t value);
  NodeBuilder& integers(const std::string& name, const std::vector<int64_t>& values);
  NodeBuilder& number(const std::string& name, float value);
  NodeBuilder& numbers(const std::string& name, const std::vector<float>& values);
  NodeBuilder& text(const std::string& name, const std::string& value);
  NodeBuilder& name(const std::string& name);
  onnx::NodeProto& proto() { return *node_; }

 private:
  onnx::AttributeProto& add(const std::string& name, onnx::AttributeProto::AttributeType type);
  onnx::NodeProto* node_;
};

/// Writes small ONNX models. Initialisers of more than one dimension are filled with zeros.
class OnnxBuilder {
 public:
  explicit OnnxBuilder(int64_t opset = 13);

  OnnxBuilder& input(const std::string& name, const std::vector<Dim>& dims,
                     int32_t type = onnx::TensorProto::FLOAT);
  OnnxBuilder& output(const std::string& name);
  OnnxBuilder& weight(const std::string& name, const std::vector<int64_t>& dims);
  OnnxBuilder& numbers(const std::string& name, const std::vector<float>& values,
                       const std::vector<int64_t>& dims);
  OnnxBuilder& integers(const std::string& name, const std::vector<int64_t>& values);
  /// Type and dimensions alone.
  OnnxBuilder& bare(const std::string& name, const std::vector<int64_t>& dims,
                    int32_t type = onnx::TensorProto::FLOAT);
  /// One byte each, zeros.
  OnnxBuilder& bytes_weight(const std::string& name, const std::vector<int64_t>& dims,
                            int32_t type = onnx::TensorProto::INT8);
  /// What the file says of a tensor.
  OnnxBuilder& declare(const std::string& name, const std::vector<int64_t>& dims,
                       int32_t type = onnx::TensorProto::FLOAT);
  OnnxBuilder& domain(const std::string& name, int64_t version = 1);
  /// The node's name is its first output's unless set otherwise.
  NodeBuilder node(const std::string& type, const std::vector<std::string>& inputs,
                   const std::vector<std::string>& outputs);
  /// Convolution with weight "<output>.w" and, if wanted, bias "<output>.b".
  NodeBuilder conv(const std::string& input, const std::string& output, int64_t in_channels,
                   int64_t out_channels, int64_t kernel, bool bias = false);
  /// Batch normalisation with its four parameters.
  NodeBuilder batch_norm(const std::string& input, const std::string& output, int64_t channels);
  /// Turns all float initialisers of rank 1 and more into graph inputs.
  OnnxBuilder& strip_weights();

  onnx::ModelProto& proto() { return model_; }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  std::string bytes() const { return model_.SerializeAsString(); }

 private:
  onnx::ModelProto model_;
};

/// A file of its own for this process; removed at exit of the test.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& bytes, const std::string& name = "net.onnx");
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

ImportedModel import_model(const OnnxBuilder& model, const ImportOptions& options = {});
Graph import_graph(const OnnxBuilder& model, bool fold_epilogues = true);
/// The message of the Error; fails the test if the import succeeds or the message has several lines or no
/// path.
std::string refusal(const std::string& bytes, const ImportOptions& options = {});
std::string refusal(const OnnxBuilder& model, const ImportOptions& options = {});

/// "kind(inputs)->output" of every op, in order.
std::vector<std::string> summary(const Graph& graph);
/// The op with this name; fails the test if there is none.
const Op& find_op(const Graph& graph, const std::string& name);
const Shape& output_shape(const Graph& graph, const std::string& op_name);
/// Multiply-accumulates of all convolutions and matrix products.
int64_t conv_macs(const Graph& graph);
/// Weights and biases of all ops.
int64_t parameter_count(const Graph& graph);
/// Everything that a schedule can depend on, one line per op and tensor.
std::vector<std::string> full_text(const Graph& graph);

}  // namespace fusesim
