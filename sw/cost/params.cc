#include "fusesim/cost/params.h"

#include <algorithm>

namespace fusesim {

CostParams cost_params(const Config& config) {
  CostParams p;
  p.datatypes = config.datatypes;
  p.pe_rows = config.pe.rows;
  p.slice_channels = config.brr.slice_channels;
  if (p.slice_channels.empty()) {
    for (const int64_t divisor : {1, 2, 4}) {
      const int64_t g = std::max<int64_t>(1, config.pe.columns / divisor);
      if (p.slice_channels.empty() || p.slice_channels.back() != g) p.slice_channels.push_back(g);
    }
  }
  p.prefetch_rows = config.lbdf.prefetch_rows;
  p.double_buffer = config.brr.double_buffer;
  return p;
}

}  // namespace fusesim
