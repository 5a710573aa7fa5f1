#pragma once

#include <functional>
#include <string>

namespace fusesim::testing {

/// How a child ended and what it said.
struct ChildResult {
  bool finished = false;  ///< the body returned; false: it crashed
  std::string text;       ///< returned by the body, or how it ended
};

/// Runs `body` in a forked child and returns its text. A SystemC kernel lives once per process: this gives
/// each simulation its own. The caller must not have started a kernel or threads.
ChildResult run_in_child(const std::function<std::string()>& body);

}  // namespace fusesim::testing
