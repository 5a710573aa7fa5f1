#pragma once

#include <string>

namespace fusesim {

/// All bytes of a file. Throws Error "path: cannot read: reason".
std::string read_file(const std::string& path);

}  // namespace fusesim
