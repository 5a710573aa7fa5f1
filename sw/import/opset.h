#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>

namespace fusesim::importer {

constexpr int64_t kOldestOpset = 9;
/// Newest opset that Debian's libonnx knows; later ones rest on shape_rules.h alone.
constexpr int64_t kNewestCheckedOpset = 17;

/// Domain of ONNX Runtime's own operators.
constexpr const char* kMicrosoft = "com.microsoft";

/// The default ONNX operator set.
bool is_default_domain(const std::string& domain);

/// Version of the default operator set that the model imports. Throws Error if it has none or one below
/// kOldestOpset.
int64_t default_opset(const onnx::ModelProto& model);

}  // namespace fusesim::importer
