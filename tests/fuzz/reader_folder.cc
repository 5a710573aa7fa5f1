#include "reader_folder.h"

#include <stdlib.h>

#include <filesystem>

#include "fusesim/base/error.h"
#include "readers.h"

namespace fusesim::testing {

namespace fs = std::filesystem;

ReaderFolder::ReaderFolder() {
  const fs::path source = FUSESIM_SOURCE_DIR;
  const fs::path data = folder_.path() / "data";
  fs::create_directories(data / "models");
  fs::create_symlink(source / "configs", data / "configs");
  for (const char* name : {"alexnet.onnx", "vgg16.onnx"})
    fs::create_symlink(source / "models" / name, data / "models" / name);
  ::setenv("FUSESIM_DATA_DIR", data.c_str(), 1);
}

const ReaderFolder& reader_folder() {
  static const ReaderFolder one;
  return one;
}

std::string refusal_of(const FileReader& reader, const std::string& bytes) {
  try {
    reader.read(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace fusesim::testing
