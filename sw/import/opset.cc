#include "opset.h"

#include "fusesim/base/error.h"

namespace fusesim::importer {

bool is_default_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

int64_t default_opset(const onnx::ModelProto& model) {
  for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
    if (!is_default_domain(set.domain())) continue;
    if (set.version() < kOldestOpset) {
      throw Error("opset " + std::to_string(set.version()) + " is older than " +
                  std::to_string(kOldestOpset) +
                  ": convert the file with onnx.version_converter to opset 13");
    }
    return set.version();
  }
  throw Error(
      "imports no default operator set, or the file is truncated: expected an opset_import with opset " +
      std::to_string(kOldestOpset) + " or newer");
}

}  // namespace fusesim::importer
