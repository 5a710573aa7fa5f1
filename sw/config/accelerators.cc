#include "fusesim/config/accelerators.h"

#include <algorithm>
#include <filesystem>

#include "fusesim/config/config.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".yaml";

fs::path directory() { return fs::path(data_directory()) / "configs" / "accelerators"; }

}  // namespace

std::vector<std::string> accelerators() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory(), ignored)) {
    if (entry.path().extension() == kExtension) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string accelerator_path(const std::string& name_or_path) {
  std::error_code ignored;
  if (fs::exists(name_or_path, ignored)) return name_or_path;
  const std::vector<std::string> names = accelerators();
  if (std::find(names.begin(), names.end(), name_or_path) == names.end()) return name_or_path;
  return (directory() / (name_or_path + kExtension)).string();
}

}  // namespace fusesim
