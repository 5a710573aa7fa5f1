#pragma once

#include <string>

namespace fusesim {

/// What made a result, beside its inputs.
struct Build {
  std::string version;
  std::string commit;  ///< full hash, with "-dirty" if the tree had changes; "unknown": built outside of git
  /// SHA-256 of run_sim where the commit does not tell what was built (dirty, unknown), else empty.
  std::string program_sha256;
};

/// The build that this process and the run_sim at `program` belong to. Throws Error if `program` cannot be
/// read.
Build current_build(const std::string& program);

/// Path of a program in the directory that this process was started from.
std::string sibling_program(const std::string& name);

}  // namespace fusesim
