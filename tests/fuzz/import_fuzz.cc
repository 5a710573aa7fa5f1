#include <google/protobuf/stubs/logging.h>

#include <cstdio>
#include <cstdlib>

#include "import_oracle.h"
#include "model_mutator.h"
#include "seed_models.h"

// A libFuzzer target; tests/fuzz/README.md has the command.

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer looks for it
extern "C" const char* __ubsan_default_options() { return "halt_on_error=1:print_stacktrace=1"; }
/// What is not freed at the end of an input is a finding; too large an allocation is one too.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer looks for it
extern "C" const char* __asan_default_options() { return "detect_leaks=1"; }

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

bool parse(const uint8_t* data, size_t size, onnx::ModelProto& model) {
  const google::protobuf::LogSilencer silence;
  return model.ParseFromArray(data, static_cast<int>(size)) && model.has_graph();
}

size_t store(const onnx::ModelProto& model, uint8_t* data, size_t max_size) {
  const std::string bytes = model.SerializeAsString();
  if (bytes.size() > max_size) return 0;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

const std::vector<onnx::ModelProto>& seeds() {
  static const std::vector<onnx::ModelProto> models = fusesim::testing::seed_models();
  return models;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  onnx::ModelProto model;
  if (!parse(data, size, model)) return 0;
  const std::string fault = fusesim::testing::import_outcome(model).fault;
  if (fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}

/// Bytes that are no model give way to a seed. Few changes are of single bytes: those of models go deeper.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 32 == 0) return LLVMFuzzerMutate(data, size, max_size);
  onnx::ModelProto model;
  if (!parse(data, size, model) || seed % 64 == 1) model = seeds()[seed / 64 % seeds().size()];
  fusesim::testing::ModelMutator(seed).mutate(model);
  const size_t stored = store(model, data, max_size);
  return stored > 0 ? stored : store(seeds()[seed % seeds().size()], data, max_size);
}

/// The first model with the second's nodes and initialisers behind its own.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2,
                                            size_t size2, uint8_t* out, size_t max_size, unsigned) {
  onnx::ModelProto first;
  onnx::ModelProto second;
  if (!parse(data1, size1, first) || !parse(data2, size2, second)) return 0;
  first.mutable_graph()->MergeFrom(second.graph());
  return store(first, out, max_size);
}
