#pragma once

#include <functional>

#include "dram/dram_image.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/results.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// For groups that may stream nothing twice (lbdf, opaque): every row of every external tensor and all
/// weights have crossed the pins whole and once; of a group in strips, `columns` of each row, those that
/// strips share counted for each. Throws SimulationError: incomplete_tensor (less) or double_transfer
/// (more).
void check_fetched_once(const Graph& graph, const Datatypes& types, const GroupSchedule& group,
                        const GroupResult& result,
                        const std::function<int64_t(TensorId tensor)>& columns = nullptr);

/// Every outgoing tensor is whole in DRAM. Throws SimulationError (incomplete_tensor).
void check_stored(const Graph& graph, const GroupSchedule& group, const DramImage& image);

}  // namespace fusesim::hw
