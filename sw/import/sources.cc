#include "sources.h"

#include <algorithm>
#include <unordered_map>

#include "fusesim/base/error.h"
#include "parameters.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

using Symbols = std::unordered_map<std::string, int64_t>;
using Overrides = std::map<std::string, Dims>;

void check_overrides(const Overrides& overrides, const std::vector<std::string>& true_inputs) {
  std::string known;
  for (const std::string& name : true_inputs) {
    if (!known.empty()) known += ", ";
    known += name;
  }
  const auto unknown = std::find_if(overrides.begin(), overrides.end(), [&](const auto& named) {
    return std::find(true_inputs.begin(), true_inputs.end(), named.first) == true_inputs.end();
  });
  if (unknown == overrides.end()) return;
  throw Error("--input-shape names '" + unknown->first + "': expected an input of the model (" + known + ")");
}

/// Applies the override of one input to the file's type, and learns what its symbols mean.
void override_shape(onnx::ValueInfoProto& input, const Dims& dims, Symbols& symbols, bool& declared_holds) {
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  if (tensor.has_shape()) {
    const auto& shape = tensor.shape();
    if (shape.dim_size() != static_cast<int>(dims.size())) {
      throw Error("input '" + input.name() + "': expected a shape of " + std::to_string(shape.dim_size()) +
                  " dimensions, got " + to_text(dims));
    }
    for (int i = 0; i < shape.dim_size(); ++i) {
      const int64_t given = dims[static_cast<size_t>(i)];
      if (!shape.dim(i).dim_param().empty()) symbols[shape.dim(i).dim_param()] = given;
      if (shape.dim(i).has_dim_value() && shape.dim(i).dim_value() != given) declared_holds = false;
    }
  }
  auto* shape = tensor.mutable_shape();
  shape->clear_dim();
  for (const int64_t d : dims) shape->add_dim()->set_dim_value(d);
}

std::string example_shape(const onnx::TensorShapeProto& shape) {
  std::string text;
  for (int i = 0; i < shape.dim_size(); ++i) {
    const bool known = shape.dim(i).has_dim_value() && shape.dim(i).dim_value() > 0;
    const int64_t value = known ? shape.dim(i).dim_value() : (i == 0 ? 1 : 224);
    text += (i > 0 ? "," : "") + std::to_string(value);
  }
  return text;
}

std::string open_dimension(const onnx::ValueInfoProto& input, int i) {
  const std::string& symbol = input.type().tensor_type().shape().dim(i).dim_param();
  return "input '" + input.name() + "': dimension " + std::to_string(i) + " is " +
         (symbol.empty() ? "unknown" : "symbolic ('" + symbol + "')");
}

/// An input whose shape is not known, and how to set it.
struct OpenInput {
  std::string reason, remedy;
};

/// Static type of a graph input; the proto's symbols are replaced by what they were bound to. One that is not
/// static goes to `open`.
TensorType resolve_type(onnx::ValueInfoProto& input, const Symbols& symbols, std::vector<OpenInput>& open) {
  const std::string who = "input '" + input.name() + "'";
  if (!input.type().has_tensor_type()) throw Error(who + ": expected a tensor");
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  TensorType type{tensor.elem_type(), {}};
  if (!tensor.has_shape()) {
    open.push_back({who + ": has no shape", input.name() + "=N,C,H,W"});
    return type;
  }
  int first_open = -1;
  for (int i = 0; i < tensor.shape().dim_size(); ++i) {
    auto& dim = *tensor.mutable_shape()->mutable_dim(i);
    const auto symbol = symbols.find(dim.dim_param());
    if (!dim.dim_param().empty() && symbol != symbols.end()) dim.set_dim_value(symbol->second);
    if (!dim.has_dim_value()) {
      if (first_open < 0) first_open = i;
      continue;
    }
    if (dim.dim_value() < 1) {
      throw Error(who + ": dimension " + std::to_string(i) + ": expected a positive size, got " +
                  std::to_string(dim.dim_value()));
    }
    type.dims.push_back(dim.dim_value());
  }
  if (first_open >= 0) {
    open.push_back({open_dimension(input, first_open), input.name() + "=" + example_shape(tensor.shape())});
    return type;
  }
  try {
    element_count(type.dims);
  } catch (const Error& e) {
    throw Error(who + ": " + e.what());
  }
  return type;
}

void refuse_open(const std::vector<OpenInput>& open) {
  if (open.empty()) return;
  std::string reasons;
  std::string remedies;
  for (const OpenInput& input : open) {
    reasons += (reasons.empty() ? "" : ", ") + input.reason;
    remedies += " --input-shape " + input.remedy;
  }
  throw Error(reasons + ": set the shape with" + remedies);
}

/// Dimension 0 of rank 4 is a batch; of rank 2 it counts rows, of other ranks it may be anything.
void check_batch(const std::vector<Value>& inputs) {
  BatchError::Shapes single;
  std::string first;
  int64_t batch = 0;
  bool same = true;
  for (const Value& input : inputs) {
    if (input.dims().size() != 4) continue;
    if (batch == 0) batch = input.dims()[0];
    same = same && input.dims()[0] == batch;
    if (input.dims()[0] == 1) continue;
    if (single.empty())
      first = "input '" + input.name + "': expected batch 1, got " + std::to_string(input.dims()[0]);
    Dims dims = input.dims();
    dims[0] = 1;
    single.emplace(input.name, dims);
  }
  if (!single.empty()) throw BatchError(first, single, same ? batch : 0);
}

Value initialiser_value(const onnx::TensorProto& tensor) {
  try {
    return {tensor.name(), checked_type(tensor), true, read_elements(tensor)};
  } catch (const Error& e) {
    throw Error("initialiser '" + tensor.name() + "': " + e.what());
  }
}

/// Moves the initialisers out of the graph, each leaving a graph input of its type.
std::vector<Value> take_initialisers(onnx::GraphProto& graph) {
  std::vector<Value> values;
  for (const auto& tensor : graph.initializer()) values.push_back(initialiser_value(tensor));
  for (const auto& sparse : graph.sparse_initializer()) {
    const TensorType type{sparse.values().data_type(), Dims(sparse.dims().begin(), sparse.dims().end())};
    element_count(type.dims);
    values.push_back({sparse.values().name(), type, true, nullptr});
  }
  graph.clear_initializer();
  graph.clear_sparse_initializer();
  std::set<std::string> inputs;
  for (const auto& input : graph.input()) inputs.insert(input.name());
  for (const Value& value : values) {
    if (inputs.count(value.name) != 0) continue;
    onnx::ValueInfoProto& input = *graph.add_input();
    input.set_name(value.name);
    auto& tensor = *input.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(value.type.elem_type);
    tensor.mutable_shape();
    for (const int64_t d : value.dims()) tensor.mutable_shape()->add_dim()->set_dim_value(d);
  }
  return values;
}

/// Dimension 0 of true inputs, where the file leaves it open.
void read_one_image(onnx::GraphProto& graph, const std::set<std::string>& true_inputs, Symbols& symbols) {
  for (auto& input : *graph.mutable_input()) {
    if (true_inputs.count(input.name()) == 0 || !input.type().has_tensor_type()) continue;
    auto& shape = *input.mutable_type()->mutable_tensor_type()->mutable_shape();
    if (shape.dim_size() == 0 || shape.dim(0).has_dim_value()) continue;
    if (!shape.dim(0).dim_param().empty()) symbols.emplace(shape.dim(0).dim_param(), 1);
    if (symbols.count(shape.dim(0).dim_param()) == 0) shape.mutable_dim(0)->set_dim_value(1);
  }
}

void bind_declared_symbols(onnx::GraphProto& graph, const Symbols& symbols) {
  for (auto& info : *graph.mutable_value_info()) {
    if (!info.type().has_tensor_type()) continue;
    for (auto& dim : *info.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
      const auto symbol = symbols.find(dim.dim_param());
      if (!dim.dim_param().empty() && symbol != symbols.end()) dim.set_dim_value(symbol->second);
    }
  }
}

}  // namespace

std::set<std::string> source_names(const onnx::GraphProto& graph) {
  std::set<std::string> inputs;
  for (const auto& input : graph.input()) {
    if (!inputs.insert(input.name()).second) throw Error("two graph inputs are named '" + input.name() + "'");
  }
  std::set<std::string> initialisers;
  const auto add = [&](const std::string& name) {
    if (!initialisers.insert(name).second) throw Error("two initialisers are named '" + name + "'");
  };
  for (const auto& tensor : graph.initializer()) add(tensor.name());
  for (const auto& sparse : graph.sparse_initializer()) add(sparse.values().name());
  inputs.insert(initialisers.begin(), initialisers.end());
  return inputs;
}

Sources resolve_sources(onnx::ModelProto& model, const ImportOptions& options) {
  onnx::GraphProto& graph = *model.mutable_graph();
  Sources sources;
  sources.values = take_initialisers(graph);
  std::set<std::string> initialisers;
  for (const Value& value : sources.values) initialisers.insert(value.name);
  const Uses uses = collect_uses(graph);
  sources.true_inputs = find_true_inputs(model, uses, initialisers);
  check_overrides(options.input_shapes, sources.true_inputs);
  const std::set<std::string> true_inputs(sources.true_inputs.begin(), sources.true_inputs.end());
  Symbols symbols;
  for (auto& input : *graph.mutable_input()) {
    const auto given = options.input_shapes.find(input.name());
    if (given != options.input_shapes.end()) {
      override_shape(input, given->second, symbols, sources.declared_shapes_hold);
    }
  }
  if (options.batch) read_one_image(graph, true_inputs, symbols);
  bind_declared_symbols(graph, symbols);
  std::set<std::string> outputs;
  for (const auto& output : graph.output()) outputs.insert(output.name());
  std::vector<Value> data;
  std::vector<OpenInput> open;
  for (auto& input : *graph.mutable_input()) {
    const bool used = uses.count(input.name()) != 0 || outputs.count(input.name()) != 0;
    if (!used || initialisers.count(input.name()) != 0) continue;
    const TensorType type = resolve_type(input, symbols, open);
    const bool is_true_input = true_inputs.count(input.name()) != 0;
    sources.values.push_back({input.name(), type, !is_true_input, nullptr});
    if (is_true_input) data.push_back(sources.values.back());
  }
  refuse_open(open);
  check_batch(data);
  return sources;
}

}  // namespace fusesim::importer
