#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

struct ImportOptions {
  bool fold_epilogues = true;  ///< design: make activations part of the op that feeds them
  /// Shapes for graph inputs with symbolic dimensions: input name -> full ONNX shape (N, C, H, W).
  std::map<std::string, std::vector<int64_t>> input_shapes;
};

struct ImportedModel {
  std::shared_ptr<const Graph> graph;
  std::string name;    ///< file name without directory and .onnx
  std::string sha256;  ///< of the file's bytes, lower-case hex
  std::string path;
  /// One line for every node that is not in the graph because no output depends on it.
  std::vector<std::string> notes;
};

/// Reads an ONNX file (weights optional) and applies the rewritings of sw/import/README.md.
/// Throws Error with one line: "path: [node name:] reason".
ImportedModel import_onnx(const std::string& path, const ImportOptions& options = {});

/// Names of the models in `<data_directory>/models`, sorted; folders below it are left out.
std::vector<std::string> zoo_models(const std::string& data_directory);
/// The file of a zoo name or of a name in a folder of the zoo (irregular/randwire_ws); nothing for other
/// words.
std::optional<std::string> zoo_file(const std::string& name, const std::string& data_directory);
/// What zoo_file takes, or a path to an ONNX file -> path. Throws Error that lists near names.
std::string resolve_model(const std::string& name_or_path, const std::string& data_directory);

}  // namespace fusesim
