#include "model_files.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/base/sha256.h"
#include "fusesim/config/config.h"
#include "fusesim/import/import.h"

namespace fusesim {

namespace fs = std::filesystem;

namespace {

/// What a protobuf message may have.
constexpr int64_t kMostModelBytes = (int64_t{1} << 31) - 1;

}  // namespace

ModelFiles::ModelFiles(std::string folder) : folder_(std::move(folder)) {}

const ModelFile& ModelFiles::find(const YamlValue& value, Diagnostics& diagnostics) {
  const auto known = files_.find(value.text);
  if (known != files_.end()) return known->second;
  return files_.emplace(value.text, read(value, diagnostics)).first->second;
}

ModelFile ModelFiles::read(const YamlValue& value, Diagnostics& diagnostics) const {
  const std::optional<std::string> in_zoo = zoo_file(value.text, data_directory());
  std::error_code fault;
  const fs::path path =
      in_zoo ? fs::path(*in_zoo) : fs::absolute(fs::path(folder_) / value.text, fault).lexically_normal();
  const bool readable = value.kind == YamlValue::Kind::scalar && fs::is_regular_file(path, fault);
  if (!readable) {
    const std::string near = nearest(value.text, zoo_models(data_directory()));
    diagnostics.add(
        value.place, "model",
        "a zoo name or the path of an ONNX file" + (near.empty() ? "" : " (nearest: " + near + ")"),
        describe(value));
    return {};
  }
  try {
    return {in_zoo ? value.text : path.string(), path.stem().string(),
            sha256_hex(read_file(path.string(), kMostModelBytes))};
  } catch (const Error& error) {
    diagnostics.add(value.place, "model", "a readable file", error.what());
    return {};
  }
}

}  // namespace fusesim
