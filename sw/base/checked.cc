#include "fusesim/base/checked.h"

namespace fusesim {

void throw_out_of_range(const char* what) {
  throw RangeError(std::string(what) + ": expected a count below 2^63, got more");
}

}  // namespace fusesim
