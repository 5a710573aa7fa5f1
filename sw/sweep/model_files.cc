#include "model_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "fusesim/config/config.h"
#include "fusesim/graph/error.h"
#include "fusesim/import/import.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

namespace fs = std::filesystem;

std::string read_whole_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || file.bad()) throw Error(path + ": cannot read: " + std::strerror(errno != 0 ? errno : EIO));
  return text.str();
}

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
            sha256_hex(read_whole_file(path.string()))};
  } catch (const Error& error) {
    diagnostics.add(value.place, "model", "a readable file", error.what());
    return {};
  }
}

}  // namespace fusesim
