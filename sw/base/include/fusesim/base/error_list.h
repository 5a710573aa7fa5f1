#pragma once

#include <string>

#include "fusesim/base/error.h"

namespace fusesim {

/// Several faults, a line each. Any other Error is one line: programs print its control characters, which
/// paths and names may hold, as escapes (text.h).
class ErrorList : public Error {
 public:
  using Error::Error;
};

}  // namespace fusesim
