#pragma once

#include "rows/group_view.h"
#include "time/dram_bus.h"
#include "time/dram_places.h"

namespace fusesim {

/// Opens the rows of DRAM that the groups before this one have left open: they have just made its inputs, and
/// have used what lies before its weights and results.
void open_rows_before(const GroupView& view, const DramPlaces& places, DramBus& bus);

}  // namespace fusesim
