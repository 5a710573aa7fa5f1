#pragma once

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// The built-in part: one channel and rank, 4 groups of 4 banks, 64 bytes per burst, 8 KiB rows.
inline DramConfig ddr4() {
  DramConfig part;
  part.name = "ddr4";
  return part;
}

inline DramConfig two_ranks() {
  DramConfig part = ddr4();
  part.name = "two_ranks";
  part.ranks = 2;
  return part;
}

/// Two channels of 16 bits, long bursts, no bank groups.
inline DramConfig lpddr4() {
  DramConfig part;
  part.name = "lpddr4";
  part.channels = 2;
  part.bank_groups = 1;
  part.banks_per_group = 8;
  part.rows = 32768;
  part.columns = 1024;
  part.bus_bits = 16;
  part.burst_length = 16;
  part.clock_khz = 1'600'000;
  part.cl = 28, part.cwl = 14, part.rcd = 29, part.rp = 34, part.ras = 68, part.rc = 102;
  part.rrd_s = 16, part.rrd_l = 16, part.faw = 64, part.ccd_s = 8, part.ccd_l = 8;
  part.wtr_s = 16, part.wtr_l = 16, part.rtp = 12, part.wr = 29, part.rtrs = 2;
  part.rfc = 448, part.refi = 6246;
  return part;
}

/// Sizes that are no powers of two, and timings where other rules bind: tRC > tRAS + tRP, CWL > CL.
inline DramConfig odd_part() {
  DramConfig part;
  part.name = "odd_part";
  part.channels = 3;
  part.ranks = 2;
  part.bank_groups = 3;
  part.banks_per_group = 5;
  part.rows = 1000;
  part.columns = 96;
  part.clock_khz = 1'066'667;
  part.cl = 9, part.cwl = 11, part.rcd = 8, part.rp = 7, part.ras = 20, part.rc = 33;
  part.rrd_s = 5, part.rrd_l = 9, part.faw = 40, part.ccd_s = 4, part.ccd_l = 7;
  part.wtr_s = 4, part.wtr_l = 8, part.rtp = 6, part.wr = 13, part.rtrs = 3;
  part.rfc = 150, part.refi = 2000;
  part.queue_depth = 12;
  return part;
}

}  // namespace fusesim::hw
