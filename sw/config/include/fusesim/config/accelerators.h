#pragma once

#include <string>
#include <vector>

namespace fusesim {

/// The machines of configs/accelerators by name, sorted: what --config takes beside a path.
std::vector<std::string> accelerators();
/// The file of such a name; anything else as it is. A file of that name in the working directory goes first.
std::string accelerator_path(const std::string& name_or_path);

}  // namespace fusesim
