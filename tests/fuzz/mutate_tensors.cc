#include <algorithm>
#include <map>

#include "model_mutator.h"

namespace fusesim::testing {
namespace {

using onnx::TensorProto;

int64_t small_count(const std::vector<int64_t>& dims) {
  int64_t count = 1;
  for (const int64_t d : dims) count = d < 0 || d > 64 || count > 8192 ? 8192 : count * d;
  return std::min<int64_t>(count, 8192);
}

}  // namespace

void ModelMutator::set_type(onnx::TypeProto& type, const std::vector<int64_t>& dims, int32_t element) {
  auto& tensor = *type.mutable_tensor_type();
  tensor.set_elem_type(element);
  tensor.mutable_shape()->clear_dim();
  for (const int64_t d : dims) tensor.mutable_shape()->add_dim()->set_dim_value(d);
}

void ModelMutator::change_type(onnx::ValueInfoProto& info) {
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  const size_t rank = static_cast<size_t>(tensor.shape().dim_size());
  if (one_in(6)) return tensor.set_elem_type(element_type());
  if (one_in(40)) return tensor.clear_shape();
  if (one_in(60)) return info.clear_type();
  if (rank == 0 || one_in(3)) return set_type(*info.mutable_type(), dimensions(), tensor.elem_type());
  auto& dim = *tensor.mutable_shape()->mutable_dim(static_cast<int>(below(rank)));
  if (one_in(10)) return dim.set_dim_param("n");
  dim.set_dim_value(dimension());
}

void ModelMutator::fill_raw(TensorProto& tensor, int64_t count) {
  static const std::map<int32_t, size_t> widths{
      {TensorProto::FLOAT, 4},  {TensorProto::UINT8, 1},  {TensorProto::INT8, 1},
      {TensorProto::UINT16, 2}, {TensorProto::INT16, 2},  {TensorProto::INT32, 4},
      {TensorProto::INT64, 8},  {TensorProto::BOOL, 1},   {TensorProto::FLOAT16, 2},
      {TensorProto::DOUBLE, 8}, {TensorProto::UINT32, 4}, {TensorProto::BFLOAT16, 2}};
  const auto width = widths.find(tensor.data_type());
  std::string& bytes = *tensor.mutable_raw_data();
  bytes.resize(static_cast<size_t>(count) * (width != widths.end() ? width->second : 1 + below(16)));
  for (char& c : bytes) c = static_cast<char>(one_in(4) ? random_() : below(3));
}

/// Data of the right size, mostly.
void ModelMutator::fill(TensorProto& tensor, const std::vector<int64_t>& dims, int32_t element) {
  const std::string name = tensor.name();
  tensor.Clear();
  tensor.set_name(name);
  tensor.set_data_type(element);
  for (const int64_t d : dims) tensor.add_dims(d);
  if (one_in(30)) return;
  if (one_in(30)) return tensor.set_data_location(TensorProto::EXTERNAL);
  const int64_t count = one_in(30) ? static_cast<int64_t>(below(5)) : small_count(dims);
  if (one_in(4)) return fill_raw(tensor, count);
  for (int64_t i = 0; i < count; ++i) {
    switch (element) {
      case TensorProto::FLOAT:
        tensor.add_float_data(one_in(2) ? 1.0F : static_cast<float>(integer()));
        break;
      case TensorProto::DOUBLE:
        tensor.add_double_data(static_cast<double>(integer()));
        break;
      case TensorProto::INT64:
        tensor.add_int64_data(one_in(2) ? 1 : integer());
        break;
      case TensorProto::UINT32:
      case TensorProto::UINT64:
        tensor.add_uint64_data(static_cast<uint64_t>(integer()));
        break;
      default:
        tensor.add_int32_data(static_cast<int32_t>(below(5)));
        break;
    }
  }
}

void ModelMutator::change_initialiser(onnx::GraphProto& graph) {
  if (graph.initializer_size() == 0) return feed_initialiser(graph);
  TensorProto& tensor =
      *graph.mutable_initializer(static_cast<int>(below(static_cast<size_t>(graph.initializer_size()))));
  std::vector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  switch (below(5)) {
    case 0:
      return fill(tensor, dimensions(), tensor.data_type());
    case 1:
      return fill(tensor, dims, element_type());
    case 2:
      if (!dims.empty()) pick(dims) = dimension();
      return fill(tensor, dims, tensor.data_type());
    case 3:
      return fill(tensor, one_in(2) ? std::vector<int64_t>{} : std::vector<int64_t>{0}, tensor.data_type());
    default:
      return fill(tensor, dims, tensor.data_type());
  }
}

/// A small constant for an operand.
void ModelMutator::feed_initialiser(onnx::GraphProto& graph) {
  if (graph.node_size() == 0) return;
  onnx::NodeProto& node =
      *graph.mutable_node(static_cast<int>(below(static_cast<size_t>(graph.node_size()))));
  TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(fresh_name("k"));
  const std::vector<int64_t> list{static_cast<int64_t>(below(7))};
  fill(tensor, one_in(3) ? dimensions() : list,
       one_in(2) ? static_cast<int32_t>(TensorProto::INT64) : element_type());
  const auto count = static_cast<size_t>(node.input_size());
  const size_t slot = below(std::min<size_t>(count + 2, 9));
  while (static_cast<size_t>(node.input_size()) <= slot) node.add_input("");
  node.set_input(static_cast<int>(slot), tensor.name());
}

/// An initialiser becomes a graph input or a Constant node.
void ModelMutator::move_initialiser(onnx::GraphProto& graph) {
  if (graph.initializer_size() == 0) return;
  const auto last = graph.initializer_size() - 1;
  graph.mutable_initializer()->SwapElements(static_cast<int>(below(static_cast<size_t>(last) + 1)), last);
  TensorProto tensor = graph.initializer(last);
  graph.mutable_initializer()->RemoveLast();
  if (one_in(2)) {
    onnx::ValueInfoProto& input = *graph.add_input();
    input.set_name(tensor.name());
    return set_type(*input.mutable_type(), {tensor.dims().begin(), tensor.dims().end()}, tensor.data_type());
  }
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("Constant");
  node.add_output(tensor.name());
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name("value");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  *attribute.mutable_t() = std::move(tensor);
}

void ModelMutator::add_sparse_initialiser(onnx::GraphProto& graph) {
  auto& sparse = *graph.add_sparse_initializer();
  sparse.mutable_values()->set_name(fresh_name("s"));
  for (const int64_t d : dimensions()) sparse.add_dims(d);
  fill(*sparse.mutable_values(), {static_cast<int64_t>(below(4))}, TensorProto::FLOAT);
  fill(*sparse.mutable_indices(), {static_cast<int64_t>(below(4))}, TensorProto::INT64);
}

void ModelMutator::declare(onnx::GraphProto& graph) {
  if (graph.value_info_size() > 0 && one_in(3)) return graph.mutable_value_info()->RemoveLast();
  onnx::ValueInfoProto& info = *graph.add_value_info();
  info.set_name(tensor(graph));
  set_type(*info.mutable_type(), dimensions(), element_type());
}

void ModelMutator::change_graph_outputs(onnx::GraphProto& graph) {
  if (graph.output_size() > 1 && one_in(3)) return graph.mutable_output()->RemoveLast();
  if (graph.output_size() > 0 && one_in(3)) {
    return change_type(
        *graph.mutable_output(static_cast<int>(below(static_cast<size_t>(graph.output_size())))));
  }
  graph.add_output()->set_name(tensor(graph));
}

void ModelMutator::change_tensors(onnx::GraphProto& graph) {
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
      if (graph.input_size() == 0) return;
      return change_type(
          *graph.mutable_input(static_cast<int>(below(static_cast<size_t>(graph.input_size())))));
    case 3: {
      onnx::ValueInfoProto& input = *graph.add_input();
      input.set_name(fresh_name("x"));
      return set_type(*input.mutable_type(), dimensions(), element_type());
    }
    case 4:
    case 5:
    case 6:
      return change_initialiser(graph);
    case 7:
    case 8:
    case 9:
    case 10:
      return feed_initialiser(graph);
    case 11:
      return move_initialiser(graph);
    case 12:
      return one_in(4) ? add_sparse_initialiser(graph) : declare(graph);
    case 13:
      return declare(graph);
    default:
      return change_graph_outputs(graph);
  }
}

}  // namespace fusesim::testing
