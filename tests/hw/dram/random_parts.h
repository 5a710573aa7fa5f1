#pragma once

#include <random>
#include <string>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// A part of odd timings that a configuration may hold: few banks, small queues, bus and bank rules in every
/// order, refreshes as often as allowed.
inline DramConfig random_part(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto from = [&random](int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random() % static_cast<uint64_t>(most - least + 1));
  };
  DramConfig p;
  p.name = "random part " + std::to_string(seed);
  p.channels = from(1, 3);
  p.ranks = from(1, 4);
  p.bank_groups = int64_t{1} << from(0, 2);
  p.banks_per_group = int64_t{1} << from(0, 2);
  p.rows = from(4, 100);
  p.columns = 64;
  p.burst_length = int64_t{1} << from(0, 4);
  const int64_t data = (p.burst_length + 1) / 2;
  p.cl = from(1, 30), p.cwl = from(1, 30), p.rcd = from(1, 30), p.rp = from(1, 30);
  p.ras = p.rcd + from(0, 30), p.rc = p.ras + p.rp + from(0, 20);
  p.rrd_s = from(1, 12), p.rrd_l = p.rrd_s + from(0, 6), p.faw = p.rrd_s + from(0, 40);
  p.ccd_s = data + from(0, 20), p.ccd_l = p.ccd_s + from(0, 6);
  p.wtr_s = from(0, 12), p.wtr_l = p.wtr_s + from(0, 12);
  p.rtp = from(1, 20), p.wr = from(1, 30), p.rtrs = from(0, 6);
  p.rfc = from(1, 200);
  p.refi = p.rfc + 2 * (p.rc + p.cl + data + p.cwl + data + p.wr) + from(0, 300);
  p.queue_depth = from(1, 16);
  p.open_page = from(0, 1) == 1;
  return p;
}

}  // namespace fusesim::hw
