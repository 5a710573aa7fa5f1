#include "model_mutator.h"

namespace fusesim::testing {

int64_t ModelMutator::integer() {
  static const std::vector<int64_t> usual{0, 1, 2, 3, 4, -1, -2};
  static const std::vector<int64_t> unusual{
      5,         7,         8,         16,        -3,        -4,        100,
      -100,      4096,      4097,      1LL << 16, 1LL << 30, 1LL << 31, 1LL << 32,
      1LL << 40, 1LL << 62, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, INT64_MAX - 1};
  return one_in(4) ? pick(unusual) : pick(usual);
}

int64_t ModelMutator::dimension() {
  static const std::vector<int64_t> usual{1, 1, 2, 3, 4, 4, 6, 8, 8, 9};
  return one_in(24) ? integer() : pick(usual);
}

std::vector<int64_t> ModelMutator::dimensions() {
  static const std::vector<size_t> ranks{4, 4, 4, 2, 2, 1, 1, 0, 3, 5, 6, 7};
  std::vector<int64_t> dims(pick(ranks));
  for (int64_t& d : dims) d = dimension();
  if (dims.size() > 1 && !one_in(3)) dims[0] = 1;
  return dims;
}

int32_t ModelMutator::element_type() {
  using onnx::TensorProto;
  static const std::vector<int32_t> usual{TensorProto::FLOAT, TensorProto::FLOAT, TensorProto::FLOAT,
                                          TensorProto::INT64, TensorProto::INT64, TensorProto::INT32,
                                          TensorProto::BOOL};
  return one_in(5) ? static_cast<int32_t>(below(24)) : pick(usual);
}

std::string ModelMutator::tensor(const onnx::GraphProto& graph, int before) {
  std::vector<const std::string*> names;
  for (const auto& input : graph.input()) names.push_back(&input.name());
  for (const auto& initialiser : graph.initializer()) names.push_back(&initialiser.name());
  for (int i = 0; i < before; ++i) {
    for (const auto& output : graph.node(i).output()) names.push_back(&output);
  }
  if (names.empty() || one_in(100)) return one_in(2) ? "" : "ghost";
  return *pick(names);
}

void ModelMutator::change_model(onnx::ModelProto& model) {
  switch (below(4)) {
    case 0:
      if (model.opset_import_size() == 0) model.add_opset_import();
      model.mutable_opset_import(0)->set_version(one_in(20) ? integer()
                                                            : static_cast<int64_t>(9 + below(14)));
      return;
    case 1:
      model.set_ir_version(one_in(2) ? integer() : 8);
      return;
    case 2: {
      if (model.metadata_props_size() > 0) return model.clear_metadata_props();
      auto& inputs = *model.add_metadata_props();
      inputs.set_key("fusesim.inputs");
      inputs.set_value(tensor(model.graph()));
      return;
    }
    default: {
      auto& set = *model.add_opset_import();
      set.set_domain(one_in(2) ? "org.example" : "ai.onnx.ml");
      set.set_version(1);
    }
  }
}

void ModelMutator::change_once(onnx::ModelProto& model) {
  const size_t what = below(40);
  if (what < 24) return change_nodes(*model.mutable_graph());
  if (what < 39) return change_tensors(*model.mutable_graph());
  change_model(model);
}

void ModelMutator::mutate(onnx::ModelProto& model) {
  change_once(model);
  if (one_in(3)) change_once(model);
}

}  // namespace fusesim::testing
