#pragma once

#include <cstdint>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// A group and what it comes to.
struct PricedGroup {
  Group group;
  int64_t value = 0;
};

}  // namespace fusesim
