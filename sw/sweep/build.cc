#include "fusesim/sweep/build.h"

#include <filesystem>

#include "fusesim/base/read_file.h"
#include "fusesim/base/sha256.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim_commit.h"
#include "model_files.h"

namespace fusesim {
namespace {

/// Unstripped and with sanitizers, a tenth of it.
constexpr int64_t kMostProgramBytes = int64_t{4} << 30;

}  // namespace

Build current_build(const std::string& program) {
  Build build{FUSESIM_VERSION, FUSESIM_COMMIT, ""};
  const bool told = build.commit.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!told) build.program_sha256 = sha256_hex(read_file(program, kMostProgramBytes));
  return build;
}

std::string sibling_program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

}  // namespace fusesim
