#include "reader_folder.h"

#include <stdlib.h>

#include <fstream>

#include "fusesim/base/error.h"
#include "readers.h"

namespace fusesim::testing {

namespace fs = std::filesystem;

ReaderFolder::ReaderFolder() {
  std::string pattern = (fs::temp_directory_path() / "fusesim-fuzz-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
  const fs::path source = FUSESIM_SOURCE_DIR;
  fs::create_directories(path_ / "data/models");
  fs::create_symlink(source / "configs", path_ / "data/configs");
  for (const char* name : {"alexnet.onnx", "vgg16.onnx"})
    fs::create_symlink(source / "models" / name, path_ / "data/models" / name);
  ::setenv("FUSESIM_DATA_DIR", (path_ / "data").c_str(), 1);
}

ReaderFolder::~ReaderFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string ReaderFolder::write(const std::string& name, const std::string& bytes) const {
  const fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
  return file.string();
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
