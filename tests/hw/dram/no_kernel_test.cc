#include "dram/address_map.h"
#include "dram/burst_window.h"
#include "dram/channel.h"
#include "dram/command.h"
#include "dram/cycle_clock.h"
#include "dram/dram_image.h"
#include "dram/memory_system.h"
#include "dram/scheduler.h"
#include "dram/segment.h"
#include "dram/timing.h"
#include "dram/traffic_counter.h"

// This binary has no kernel to link with; nor may a header of the room bring one in.
#ifdef SYSTEMC_VERSION
#error "expected hw/dram without SystemC"
#endif
