#pragma once

#include <functional>

#include "dram/dram_image.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/results.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// For groups that may stream nothing twice (lbdf, opaque): every row of every external tensor and all
/// weights have crossed the pins whole and once; `channel_bytes` of each channel of a row, where columns that
/// strips share count for each. Throws SimulationError: incomplete_tensor (less) or double_transfer
/// (more).
void check_fetched_once(const Graph& graph, const Datatypes& types, const GroupSchedule& group,
                        const GroupResult& result,
                        const std::function<int64_t(TensorId tensor)>& channel_bytes);

/// Every outgoing tensor is whole in DRAM. Throws SimulationError (incomplete_tensor).
void check_stored(const Graph& graph, const GroupSchedule& group, const DramImage& image);

}  // namespace fusesim::hw
