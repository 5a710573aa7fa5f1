#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// What an import may take.
struct ImportLimits {
  int64_t memory_bytes = int64_t{4} << 30;  ///< address space, beyond what the program has already
  int64_t cpu_seconds = 60;                 ///< CPU time, at least 1
};

struct ImportOptions {
  bool fold_epilogues = true;  ///< design: make activations part of the op that feeds them
  /// Shapes for graph inputs with symbolic dimensions: input name -> full ONNX shape (N, C, H, W).
  std::map<std::string, std::vector<int64_t>> input_shapes;
  /// Equal images that run one after another: dimension 0 of inputs that leave it open. Nothing: what the
  /// file has, or one.
  std::optional<int64_t> batch = std::nullopt;
  bool with_parameters = false;  ///< ImportedModel::parameters as well
  /// With limits the file is read in a child process, which is ended where it takes more or crashes: for
  /// files from elsewhere. This process must have one thread then. Nothing: in this process, without limits.
  std::optional<ImportLimits> limits = std::nullopt;
};

/// Weights and biases of an op as real numbers, as many as it has, in the order of ParameterSource; both
/// empty where the file does not have them.
struct OpParameters {
  std::vector<float> weights;
  std::vector<float> biases;

  bool known() const { return !weights.empty() || !biases.empty(); }
};

struct ImportedModel {
  std::shared_ptr<const Graph> graph;
  std::string name;    ///< file name without directory and .onnx
  std::string sha256;  ///< of the file's bytes, lower-case hex
  std::string path;
  /// One line for every node that is not in the graph because no output depends on it.
  std::vector<std::string> notes;
  std::vector<OpParameters> parameters;  ///< per op; empty unless asked for
};

/// Reads an ONNX file (weights optional) and applies the rewritings of sw/import/README.md.
/// Throws Error with one line: "path: [node name:] reason"; where a limit ended the import or it crashed,
/// "path: [node name (operator type):] reason".
ImportedModel import_onnx(const std::string& path, const ImportOptions& options = {});

/// Names of the models in `<data_directory>/models`, sorted; folders below it are left out.
std::vector<std::string> zoo_models(const std::string& data_directory);
/// The file of a zoo name or of a name in a folder of the zoo (irregular/randwire_ws); nothing for other
/// words.
std::optional<std::string> zoo_file(const std::string& name, const std::string& data_directory);
/// What zoo_file takes, or a path to an ONNX file -> path. Throws Error that lists near names.
std::string resolve_model(const std::string& name_or_path, const std::string& data_directory);

}  // namespace fusesim
