#pragma once

#include "fusesim/cost/scheme.h"

namespace fusesim {

/// Buffer requirement reduction: tiles, slices, weight passes.
const FusionScheme& brr_scheme();

}  // namespace fusesim
