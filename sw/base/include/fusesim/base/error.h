#pragma once

#include <stdexcept>

namespace fusesim {

/// The one exception type for bad input (files, options, keys). The message is a single line that names
/// place and reason in the form "file:line:column: key: expected X, got Y"; programs turn it into exit 2.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace fusesim
