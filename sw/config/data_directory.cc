#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "fusesim/config/config.h"

namespace fusesim {

std::string data_directory() {
  const char* chosen = std::getenv("FUSESIM_DATA_DIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;

  std::error_code fault;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", fault);
  if (!fault) {
    const std::filesystem::path installed = program.parent_path() / FUSESIM_DATA_FROM_PROGRAMS;
    if (std::filesystem::is_directory(installed / "configs", fault))
      return installed.lexically_normal().string();
  }
  return FUSESIM_SOURCE_DIR;
}

}  // namespace fusesim
