#pragma once

#include "fusesim/cost/scheme.h"

namespace fusesim {

/// Line-buffer depth-first.
const FusionScheme& lbdf_scheme();

}  // namespace fusesim
