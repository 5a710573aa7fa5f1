#include <algorithm>
#include <cmath>
#include <map>

#include "distances.h"

namespace fusesim::hw {
namespace {

/// Rounds minima up to clocks as JEDEC does.
class Clock {
 public:
  explicit Clock(double mhz) : mhz_(mhz) {}
  int64_t operator()(double ns, int64_t least_clocks = 0) const {
    constexpr double kRounded = 1e-6;
    return std::max(least_clocks, static_cast<int64_t>(std::ceil(ns * mhz_ / 1000.0 - kRounded)));
  }

 private:
  double mhz_;
};

/// JESD79-4, all commands of one clock, bursts of eight beats. Speed bins: CL = tRCD = tRP clocks.
Distances ddr4(double mhz, int64_t bin, int64_t cwl) {
  const Clock ns(mhz);
  const int64_t data = 4;
  const int64_t ras = ns(32);
  Distances d;
  d.activate_activate = ras + bin;
  d.activate_activate_s = ns(mhz < 1300 ? 3.3 : 2.5, 4), d.activate_activate_l = ns(4.9, 4);
  d.four_activates = ns(21, 20);
  d.activate_read = d.activate_write = bin;
  d.activate_precharge = ras, d.activate_refresh = ras + bin;
  d.read_precharge = ns(7.5, 4), d.write_precharge = cwl + data + ns(15);
  d.precharge_activate = d.precharge_all_activate = d.precharge_refresh = d.precharge_all_refresh = bin;
  d.read_read_s = d.write_write_s = 4, d.read_read_l = d.write_write_l = ns(5, 5);
  d.write_read_s = cwl + data + ns(2.5, 2), d.write_read_l = cwl + data + ns(7.5, 4);
  d.read_write = bin + data + 2 - cwl;
  d.refresh_activate = ns(350);  // 8 Gb
  d.activate_refresh_other_l = d.activate_activate_l, d.activate_refresh_other_s = d.activate_activate_s;
  d.read_data = bin, d.write_data = cwl, d.read_ends = bin + data, d.write_ends = cwl + data;
  d.data = data, d.pause = 2;
  return d;
}

/// JESD79-5, 16 Gb x8: ACT, RD and WR take two clocks, PRE and REF one; delays start with the second.
Distances ddr5_4800() {
  const Clock ns(2400);
  const int64_t cl = 40;
  const int64_t cwl = cl - 2;
  const int64_t data = 16 / 2;
  const int64_t ras = ns(32);
  const int64_t rp = ns(16);
  Distances d;
  d.activate_length = d.burst_length = 2;
  d.activate_activate = ras + rp;
  d.activate_activate_s = 8, d.activate_activate_l = ns(5, 8);
  d.four_activates = ns(13.333, 32);
  d.activate_read = d.activate_write = ns(16);
  d.activate_precharge = ras + 1, d.activate_refresh = ras + rp + 1;
  d.read_precharge = ns(7.5, 12) + 1, d.write_precharge = cwl + data + ns(30) + 1;
  d.precharge_activate = d.precharge_all_activate = rp - 1;
  d.precharge_refresh = d.precharge_all_refresh = rp;
  d.precharge_precharge = 2;
  d.read_read_s = d.write_write_s = 8, d.read_read_l = ns(5, 8), d.write_write_l = ns(10, 16);
  d.write_read_s = cwl + data + ns(2.5, 4), d.write_read_l = cwl + data + ns(10, 16);
  d.read_write = cl - cwl + data + 2 + 2;                                   // tWPRE of 2 nCK
  d.refresh_activate = ns(295) - 1, d.bank_refresh_activate = ns(130) - 1;  // 16 Gb
  d.activate_refresh_other_l = d.activate_activate_l + 1,
  d.activate_refresh_other_s = d.activate_activate_s + 1;
  d.refresh_activate_other = ns(30) - 1, d.refresh_refresh_other = ns(30);
  d.read_data = 1 + cl, d.write_data = 1 + cwl;
  d.read_ends = d.read_data + data, d.write_ends = d.write_data + data;
  d.data = data, d.pause = 4;
  return d;
}

/// JESD209-4: ACT is ACTIVATE-1 and -2, RD is READ-1 and CAS-2 (four clocks each), PRE and REF take two.
Distances lpddr4_3200() {
  const Clock ns(1600);
  const int64_t rl = 28;
  const int64_t wl = 14;
  const int64_t data = 16 / 2;
  const int64_t ras = ns(42, 3);
  const int64_t rp = ns(18, 4);
  const int64_t rrd = ns(10, 4);
  const int64_t dqsck = ns(3.5);
  Distances d;
  d.activate_length = d.burst_length = 4, d.precharge_length = d.refresh_length = 2;
  d.activate_activate = ras + rp, d.activate_activate_s = d.activate_activate_l = rrd;
  d.four_activates = ns(40);
  d.activate_read = d.activate_write = ns(18, 4);
  d.activate_precharge = ras + 2, d.activate_refresh = ras + rp + 2;
  d.read_precharge = ns(7.5, 8) + 2;  // BL/2 is no longer than 8 clocks
  d.write_precharge = wl + 1 + data + ns(18, 6) + 2;
  d.precharge_activate = rp - 2, d.precharge_all_activate = ns(21, 4) - 2;
  d.precharge_refresh = rp, d.precharge_all_refresh = ns(21, 4);
  d.precharge_precharge = 4;
  d.read_read_s = d.read_read_l = d.write_write_s = d.write_write_l = 8;
  d.write_read_s = d.write_read_l = wl + 1 + data + ns(10, 8);
  d.read_write = rl + dqsck + data - wl + 2;                               // tWPRE of 2 nCK
  d.refresh_activate = ns(180) - 2, d.bank_refresh_activate = ns(90) - 2;  // 4 Gb per channel
  d.activate_refresh_other_l = d.activate_refresh_other_s = rrd + 2;
  d.refresh_activate_other = rrd - 2, d.refresh_refresh_other = ns(90);
  d.read_data = 3 + rl, d.write_data = 3 + wl;
  d.read_ends = d.read_data + dqsck + data, d.write_ends = d.write_data + 1 + data;
  d.data = data, d.pause = 2;
  return d;
}

/// JESD209-5, bank-group mode at WCK:CK = 4:1, bursts of 16: BL/n_min 2 and BL/n_max 4. ACT-1 and ACT-2 take
/// a clock each.
Distances lpddr5_6400() {
  const Clock ns(800);
  const int64_t rl = 17;
  const int64_t wl = 9;
  const int64_t n_min = 2;
  const int64_t n_max = 4;
  const int64_t ras = ns(42, 3);
  const int64_t rp = ns(18, 2);
  const int64_t rrd = ns(5, 2);
  const int64_t dqo = ns(1.6);  // tWCK2DQO
  Distances d;
  d.activate_length = 2;
  d.activate_activate = ras + rp, d.activate_activate_s = d.activate_activate_l = rrd;
  d.four_activates = ns(20);
  d.activate_read = d.activate_write = ns(18, 2) + 1;
  d.activate_precharge = ras + 1, d.activate_refresh = ras + rp + 1;
  d.read_precharge = n_min + ns(7.5, 2) - 2, d.write_precharge = wl + n_min + 1 + ns(34, 3);
  d.precharge_activate = rp - 1, d.precharge_all_activate = ns(21, 2) - 1;
  d.precharge_refresh = rp, d.precharge_all_refresh = ns(21, 2);
  d.precharge_precharge = 2;
  d.read_read_s = d.write_write_s = n_min, d.read_read_l = d.write_write_l = n_max;
  d.write_read_s = wl + n_min + ns(6.25, 4), d.write_read_l = wl + n_max + ns(12, 4);
  d.read_write = rl + n_max + dqo - wl;
  d.refresh_activate = ns(210) - 1, d.bank_refresh_activate = ns(120) - 1;  // 8 Gb
  d.activate_refresh_other_l = d.activate_refresh_other_s = rrd + 1;
  d.refresh_activate_other = ns(7.5) - 1, d.refresh_refresh_other = ns(90);
  d.read_data = rl, d.write_data = wl, d.read_ends = rl + dqo + n_min, d.write_ends = wl + n_min;
  d.data = n_min, d.pause = 2;
  return d;
}

/// JESD235, pseudo-channels, bursts of four: row and column pins, an activate of two clocks. Nanoseconds of
/// one 2 Gb/s part.
Distances hbm2(double mhz, int64_t faw, double rfc_ns, double rfcsb_ns) {
  const Clock ns(mhz);
  const int64_t wl = ns(7);
  const int64_t data = 4 / 2;
  const int64_t ras = ns(28);
  const int64_t rp = ns(14);
  Distances d;
  d.row_pins = true;
  d.activate_length = 2;
  d.activate_activate = ras + rp, d.activate_activate_s = ns(4), d.activate_activate_l = ns(6);
  d.four_activates = faw;
  d.activate_read = ns(12) + 1, d.activate_write = ns(6) + 1;
  d.activate_precharge = ras + 1, d.activate_refresh = ras + rp + 1;
  d.read_precharge = ns(5), d.write_precharge = wl + data + ns(14);
  d.precharge_activate = d.precharge_all_activate = rp - 1;
  d.precharge_refresh = d.precharge_all_refresh = rp;
  d.read_read_s = d.write_write_s = 2, d.read_read_l = d.write_write_l = ns(3);
  d.write_read_s = wl + data + ns(4), d.write_read_l = wl + data + ns(9);
  d.read_write = ns(18);  // tRTW
  d.refresh_activate = ns(rfc_ns) - 1, d.bank_refresh_activate = ns(rfcsb_ns) - 1;
  d.activate_refresh_other_l = d.activate_activate_l + 1,
  d.activate_refresh_other_s = d.activate_activate_s + 1;
  d.refresh_activate_other = ns(8) - 1, d.refresh_refresh_other = ns(8);
  d.read_data = ns(17), d.write_data = wl;
  d.read_ends = ns(17) + ns(1) + data, d.write_ends = wl + data;
  d.data = data, d.pause = d.read_write - d.read_ends + wl;
  return d;
}

/// JESD250 with the timings of a 14 Gb/s part at 1.35 V: all commands of one clock, 16 beats of a burst in
/// two.
Distances gddr6() {
  const int64_t rl = 24;
  const int64_t wl = 6;
  const int64_t data = 16 / 8;
  Distances d;
  d.activate_activate = 79, d.activate_activate_s = d.activate_activate_l = 7, d.four_activates = 28;
  d.activate_read = 26, d.activate_write = 16, d.activate_precharge = 53, d.activate_refresh = 79;
  d.read_precharge = 4, d.write_precharge = wl + data + 26;
  d.precharge_activate = d.precharge_all_activate = d.precharge_refresh = d.precharge_all_refresh = 26;
  d.precharge_precharge = 2;
  d.read_read_s = d.write_write_s = 2, d.read_read_l = d.write_write_l = 4;
  d.write_read_s = wl + data + 9, d.write_read_l = wl + data + 11;
  d.read_write = rl + data + 3 - wl + 1;
  d.refresh_activate = 210, d.bank_refresh_activate = 105;
  d.activate_refresh_other_l = d.activate_refresh_other_s = 7;
  d.refresh_activate_other = d.refresh_refresh_other = 14;
  d.read_data = rl, d.write_data = wl, d.read_ends = rl + data, d.write_ends = wl + data;
  d.data = data, d.pause = 4;
  return d;
}

const std::map<std::string, Distances>& published() {
  static const std::map<std::string, Distances> parts = {
      {"ddr4_2400", ddr4(1200, 16, 12)},
      {"ddr4_3200", ddr4(1600, 22, 16)},
      {"ddr5_4800", ddr5_4800()},
      {"lpddr4_3200", lpddr4_3200()},
      {"lpddr5_6400", lpddr5_6400()},
      {"hbm2", hbm2(1000, 16, 260, 96)},
      {"hbm2e", hbm2(1600, 4 * 7, 350, 160)},
      {"gddr6", gddr6()},
  };
  return parts;
}

}  // namespace

Distances published_distances(const std::string& name) { return published().at(name); }

std::vector<std::string> published_parts() {
  std::vector<std::string> names;
  for (const auto& [name, distances] : published()) names.push_back(name);
  return names;
}

}  // namespace fusesim::hw
