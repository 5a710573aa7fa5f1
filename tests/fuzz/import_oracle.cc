#include "import_oracle.h"

#include "build_model.h"
#include "fusesim/base/error.h"
#include "onnx_builder.h"
#include "transfer.h"

namespace fusesim::testing {
namespace {

/// Texts of the standard library's own exceptions: something was indexed that was not asked for. What the
/// model itself says, a message may repeat.
bool is_foreign(const std::string& message, const onnx::ModelProto& model) {
  for (const char* mark : {"std::", "_M_", "basic_string", "vector::"}) {
    if (message.find(mark) == std::string::npos) continue;
    if (model.SerializeAsString().find(mark) == std::string::npos) return true;
  }
  return false;
}

/// What a user would give for inputs whose shapes the file leaves open.
std::map<std::string, std::vector<int64_t>> missing_shapes(const onnx::GraphProto& graph) {
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const auto& input : graph.input()) {
    const auto& type = input.type().tensor_type();
    bool open = !type.has_shape();
    std::vector<int64_t> dims;
    for (const auto& dim : type.shape().dim()) {
      open = open || !dim.has_dim_value();
      dims.push_back(dim.has_dim_value() ? dim.dim_value() : 1 + static_cast<int64_t>(dims.size()));
    }
    if (open) shapes[input.name()] = type.has_shape() ? dims : std::vector<int64_t>{1, 4, 8, 8};
  }
  return shapes;
}

Outcome outcome_of(const onnx::ModelProto& given, const ImportOptions& options) {
  onnx::ModelProto model = given;
  importer::Place place;
  try {
    const ImportedModel made = importer::build_model(model, "net", options, place);
    const ImportedModel again = importer::from_bytes(importer::to_bytes(made));
    return {"", full_text(*again.graph) == full_text(*made.graph) ? "" : "another graph came back"};
  } catch (const Error& e) {
    return {e.what(), is_foreign(e.what(), given) ? e.what() : ""};
  } catch (const std::exception& e) {
    return {"", std::string("at ") + place.text() + ": " + e.what()};
  }
}

}  // namespace

Outcome import_outcome(const onnx::ModelProto& model) {
  ImportOptions options;
  const Outcome folded = outcome_of(model, options);
  options.fold_epilogues = false;
  options.input_shapes = missing_shapes(model.graph());
  const Outcome apart = outcome_of(model, options);
  return folded.fault.empty() ? apart : folded;
}

}  // namespace fusesim::testing
