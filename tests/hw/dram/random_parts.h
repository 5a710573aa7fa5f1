#pragma once

#include <random>
#include <string>
#include <utility>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// Commands of several clocks, delays of the data, refreshes of less than a rank, habits of the controller:
/// each in one part of three.
template <class From>
void draw_what_newer_standards_have(DramConfig& p, From& from) {
  const auto some = [&from] { return from(0, 2) == 0; };
  if (some()) p.dqsck = from(0, 8), p.dqss = from(0, 2);
  if (some()) p.rcd_write = from(1, p.rcd), p.ccd_l_write = p.ccd_l + from(0, 12);
  if (some()) p.rp_ab = p.rp + from(0, 8), p.ppd = from(0, 6);
  if (some()) {
    p.activate_clocks = from(1, 4), p.burst_clocks = from(1, 4);
    p.precharge_clocks = from(1, 2), p.refresh_clocks = from(1, 2);
    p.rp += 4, p.rc += 4;  // no command begins before the one that it waits for
  }
  p.row_bus = some();
  if (some()) {
    p.refresh = from(0, 1) == 0 ? RefreshMode::per_bank : RefreshMode::same_bank;
    p.rfc_bank = from(8, 100), p.refresh_activate = from(4, 12),
    p.refresh_gap = p.refresh_activate + from(0, 40);
  }
  if (some()) p.scheduling = Scheduling::fcfs;
  if (some()) p.hit_cap = from(1, 6);
  if (some()) p.write_drain = WriteDrain::watermark;
  if (some()) p.bank_hash = from(0, 1) == 0 ? BankHash::none : BankHash::rotate;
  if (some()) std::swap(p.address_map[static_cast<size_t>(from(0, 4))], p.address_map[5]);
  if (some()) p.power_down_after = from(1, 100), p.xp = from(0, 12);
}

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
  p.queue_depth = from(1, 16);
  p.open_page = from(0, 1) == 1;
  draw_what_newer_standards_have(p, from);
  p.refi = p.least_refi() + from(0, 300);
  return p;
}

}  // namespace fusesim::hw
