#pragma once

#include <map>
#include <string>

#include "fusesim/config/diagnostics.h"
#include "fusesim/config/yaml_tree.h"

namespace fusesim {

/// A network as run_sim is told of it.
struct ModelFile {
  std::string argument;  ///< zoo name or absolute path
  std::string stem;
  std::string sha256;
};

/// Finds and hashes the networks that a sweep names, each once.
class ModelFiles {
 public:
  /// Relative paths are relative to `folder`.
  explicit ModelFiles(std::string folder);
  /// The network that `value` names; a fault is reported.
  const ModelFile& find(const YamlValue& value, Diagnostics& diagnostics);

 private:
  ModelFile read(const YamlValue& value, Diagnostics& diagnostics) const;

  std::string folder_;
  std::map<std::string, ModelFile> files_;
};

}  // namespace fusesim
