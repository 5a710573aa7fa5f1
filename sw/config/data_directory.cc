#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "fusesim/config/config.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

/// share/fusesim as it lies beside `file`, if it is there.
std::string installed_beside(const fs::path& file, const char* way) {
  const fs::path data = file.parent_path() / way;
  std::error_code fault;
  return fs::is_directory(data / "configs", fault) ? data.lexically_normal().string() : "";
}

/// The shared object that this code is part of, where it is no program: the module of the Python package.
fs::path own_module() {
  static const char here = 0;
  Dl_info object{};
  if (::dladdr(&here, &object) == 0 || object.dli_fname == nullptr) return {};
  fs::path file = object.dli_fname;
  return file.extension() == ".so" ? file : fs::path();
}

}  // namespace

std::string data_directory() {
  const char* chosen = std::getenv("FUSESIM_DATA_DIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;

  std::string installed;
  if (const fs::path module = own_module(); !module.empty()) {
    // The program is an interpreter from elsewhere, which says nothing of where we are.
    installed = installed_beside(module, FUSESIM_DATA_FROM_PYTHON);
  } else {
    std::error_code fault;
    const fs::path program = fs::read_symlink("/proc/self/exe", fault);
    if (!fault) installed = installed_beside(program, FUSESIM_DATA_FROM_PROGRAMS);
  }
  return installed.empty() ? FUSESIM_SOURCE_DIR : installed;
}

}  // namespace fusesim
