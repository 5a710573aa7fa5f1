#include "fusesim/base/read_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "fusesim/base/error.h"

namespace fusesim {

std::string read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || file.bad()) throw Error(path + ": cannot read: " + std::strerror(errno != 0 ? errno : EIO));
  return text.str();
}

}  // namespace fusesim
