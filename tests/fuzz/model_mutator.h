#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace fusesim::testing {

/// Changes ONNX models one small thing at a time, so that they stay models: operators and their attributes
/// come from libonnx's schemas, operands are mostly tensors that exist, sizes are mostly small. Some of what
/// it makes is valid; the rest is wrong in one place.
class ModelMutator {
 public:
  explicit ModelMutator(uint64_t seed) : random_(seed) {}

  /// Applies one or two changes.
  void mutate(onnx::ModelProto& model);

 private:
  // model_mutator.cc
  size_t below(size_t bound) { return random_() % bound; }
  bool one_in(size_t n) { return below(n) == 0; }
  template <class List>
  auto& pick(List& list) {
    return list[below(list.size())];
  }
  int64_t integer();
  int64_t dimension();
  std::vector<int64_t> dimensions();
  int32_t element_type();
  /// The name of a tensor that is there before node `before` runs; seldom one that is not there.
  std::string tensor(const onnx::GraphProto& graph, int before);
  std::string tensor(const onnx::GraphProto& graph) { return tensor(graph, graph.node_size()); }
  std::string fresh_name(const char* prefix) { return prefix + std::to_string(random_() % 1000000); }
  void change_once(onnx::ModelProto& model);
  void change_model(onnx::ModelProto& model);

  // mutate_nodes.cc
  void change_nodes(onnx::GraphProto& graph);
  void add_node(onnx::GraphProto& graph);
  void duplicate_node(onnx::GraphProto& graph);
  void remove_node(onnx::GraphProto& graph, int at);
  void change_operator(onnx::NodeProto& node);
  void change_inputs(onnx::GraphProto& graph, int at);
  void change_outputs(onnx::GraphProto& graph, onnx::NodeProto& node);
  void change_attributes(onnx::NodeProto& node);
  void fill_attributes(onnx::NodeProto& node);
  void add_old_attribute(onnx::NodeProto& node);
  void set_value(onnx::AttributeProto& attribute);
  void set_text(onnx::AttributeProto& attribute);
  void set_subgraph(const std::string& read, onnx::NodeProto& node);

  // mutate_tensors.cc
  void change_tensors(onnx::GraphProto& graph);
  void set_type(onnx::TypeProto& type, const std::vector<int64_t>& dims, int32_t element);
  void change_type(onnx::ValueInfoProto& info);
  void fill_raw(onnx::TensorProto& tensor, int64_t count);
  void fill(onnx::TensorProto& tensor, const std::vector<int64_t>& dims, int32_t element);
  void change_initialiser(onnx::GraphProto& graph);
  void feed_initialiser(onnx::GraphProto& graph);
  void move_initialiser(onnx::GraphProto& graph);
  void add_sparse_initialiser(onnx::GraphProto& graph);
  void declare(onnx::GraphProto& graph);
  void change_graph_outputs(onnx::GraphProto& graph);

  std::mt19937_64 random_;
};

}  // namespace fusesim::testing
